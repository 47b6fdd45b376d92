"""The studio: a page on this machine, on which an experiment is changed and its film plays.

document
    A file's text and the values in it: each edit changes both, and leaves comments alone.
desk
    The experiment that is open, on disk and on every tab: history, and changes from outside.
checked
    What Python says of a text: what is wrong and where, who arrives when, what the map shows.
beginnings
    What a form begins with where another landscape or method is chosen.
film, work
    The film while it is made, and what is rendered and handed over.
guard, serving, app, page
    The server, and whom it answers.
"""
