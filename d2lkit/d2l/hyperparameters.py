"""Constructor arguments as attributes, and methods added to a class cell by cell."""

import functools
import inspect
from collections.abc import Callable, Sequence


class HyperParameters:
    """A class whose constructor can save its arguments as attributes.

    Each constructor of a subclass is wrapped when the class is made, so the arguments are
    known from its signature; nobody has to look into a caller's variables.

    >>> class Line(HyperParameters):
    ...     def __init__(self, slope, offset=0.0):
    ...         rounded = round(slope)  # a local variable, no hyperparameter
    ...         self.save_hyperparameters(ignore=["offset"])
    >>> Line(2.5).hparams
    {'slope': 2.5}
    """

    def __init_subclass__(cls, **settings) -> None:
        super().__init_subclass__(**settings)
        if "__init__" in vars(cls):
            cls.__init__ = remember_arguments(cls.__init__)

    def save_hyperparameters(self, ignore: Sequence[str] = ()) -> None:
        """Save the arguments of the constructor that calls this, as attributes and in ``hparams``.

        Args:
            ignore: names of arguments not to save; those that begin with ``_`` never are.

        Raises:
            RuntimeError: if no constructor is at work.
        """
        if not self.__dict__.get("_constructors"):
            raise RuntimeError(
                "save_hyperparameters() must be called within __init__, which a class defines in "
                "its body or gets by @add_to_class"
            )
        arguments = self._constructors[-1]
        saved = {
            name: value
            for name, value in arguments.items()
            if name not in ignore and not name.startswith("_")
        }
        self.hparams = {**getattr(self, "hparams", {}), **saved}
        for name, value in saved.items():
            setattr(self, name, value)


def add_to_class(Class: type) -> Callable:
    """Return a decorator that makes a function a method of ``Class``.

    Args:
        Class: the class to extend; its existing objects get the method, too.

    >>> class Circle:
    ...     radius = 2
    >>> @add_to_class(Circle)
    ... def diameter(self):
    ...     return 2 * self.radius
    >>> Circle().diameter()
    4
    """

    def register(function: Callable) -> Callable:
        method = function
        if function.__name__ == "__init__" and issubclass(Class, HyperParameters):
            method = remember_arguments(function)
        setattr(Class, function.__name__, method)
        return function

    return register


def remember_arguments(init: Callable) -> Callable:
    """Return a constructor that notes its arguments while it runs."""
    signature = inspect.signature(init)

    @functools.wraps(init)
    def remembering(self, *args, **kwargs):
        try:
            bound = signature.bind(self, *args, **kwargs)
        except TypeError:
            return init(self, *args, **kwargs)  # raises Python's own message
        bound.apply_defaults()
        _, *arguments = bound.arguments.items()  # the first one is the object itself
        # A constructor calls that of its base class, so there can be several at work.
        at_work = self.__dict__.setdefault("_constructors", [])
        at_work.append(dict(arguments))
        try:
            init(self, *args, **kwargs)
        finally:
            at_work.pop()
            if not at_work:
                del self.__dict__["_constructors"]

    return remembering
