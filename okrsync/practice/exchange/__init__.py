"""Exchange: everything that okrsync keeps, out of it and back without loss, and OKRs from elsewhere into its files.

``archive`` is what is exchanged, ``jsonform``, ``csvform`` and ``okrchestra`` are how it is written down, ``restoring``
brings it back, and ``foreign`` reads tables of others. ``okrtext`` writes OKR files.
"""
