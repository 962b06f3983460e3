"""What the book changes in the pages that Jupyter Book makes."""


def drop_thebe(app):
    """Switch sphinx-thebe off: Jupyter Book always loads it, and its script fails on every page."""
    for listeners in app.events.listeners.values():
        listeners[:] = [one for one in listeners if one.handler.__module__ != "sphinx_thebe"]


def set_theme_options(app, config):
    """Add theme options; `html_theme_options` in _config.yml would replace the repository's."""
    # The search field stands in the sidebar already.
    config.html_theme_options["navbar_persistent"] = []


def setup(app):
    drop_thebe(app)
    app.connect("config-inited", set_theme_options)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
