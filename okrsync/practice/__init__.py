"""The practice: the method brought to the store and the files, one module for each thing people ask."""
