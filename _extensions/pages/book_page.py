"""What the book changes in the pages that Jupyter Book makes."""

# Jupyter Book always loads these. The script of the first fails on every page; the second folds by
# a script what folds.py folds without one.
NOT_WANTED = ("sphinx_thebe", "sphinx_togglebutton")


def switch_off(app, modules=NOT_WANTED):
    """Let the events of the build reach these extensions no more."""
    for listeners in app.events.listeners.values():
        listeners[:] = [one for one in listeners if one.handler.__module__ not in modules]


def set_theme_options(app, config):
    """Add theme options; `html_theme_options` in _config.yml would replace the repository's."""
    # The search field stands in the sidebar already.
    config.html_theme_options["navbar_persistent"] = []
    config.html_additional_pages["404"] = "404.html"
    config.html_context["html_baseurl"] = config.html_baseurl


def setup(app):
    switch_off(app)
    app.connect("config-inited", set_theme_options)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
