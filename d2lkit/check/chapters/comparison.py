"""Exercises of the chapter that compares all networks."""

from d2lkit.check.kinds import Number

_BUDGET_FLOPS, _FORWARD_FLOPS, _RIVAL_FLOPS = 90e9, 2e6, 6e6
_SIGMA = 0.005  # wanted standard deviation of a measured accuracy
# What torchvision calls the networks of the chapter's figures.
_PUBLISHED = (
    *("AlexNet", "VGG11", "VGG16", "VGG16_BN", "GoogLeNet", "ResNet18", "ResNet34"),
    *("ResNet50", "ResNet152", "ResNeXt50_32X4D"),
)


def _front(cost: str) -> int:
    """Count the networks that no other beats in accuracy and in the cost of that name."""
    import torchvision.models

    metas = [
        getattr(torchvision.models, f"{name}_Weights").IMAGENET1K_V1.meta for name in _PUBLISHED
    ]
    points = [(meta[cost], meta["_metrics"]["ImageNet-1K"]["acc@1"]) for meta in metas]
    return sum(
        not any(c <= own and v >= value and (c, v) != (own, value) for c, v in points)
        for own, value in points
    )


EXERCISES = {
    "ex-comparison-1": Number(
        lambda: round(_BUDGET_FLOPS / (3 * _FORWARD_FLOPS)),
        hint="What does training on one picture cost, if a forward pass costs 2 MFLOPs?",
        mistakes=[
            (
                lambda: round(_BUDGET_FLOPS / _FORWARD_FLOPS),
                "That counts the forward pass alone; training goes back as well.",
            ),
            (lambda: round(_BUDGET_FLOPS / (3 * _RIVAL_FLOPS)), "That is network A."),
            (
                lambda: round(_BUDGET_FLOPS / (2 * _FORWARD_FLOPS)),
                "The way back alone costs twice the way forward.",
            ),
        ],
    ),
    "ex-comparison-2": Number(
        lambda: round(0.25 / _SIGMA**2),
        hint="Solve the formula of the standard deviation for n.",
        mistakes=[
            (lambda: round(0.5 / _SIGMA), "The standard deviation falls with the root of n."),
            (lambda: round(0.5 / _SIGMA**2), "The numerator is p (1 - p), not p."),
            (lambda: round(1 / _SIGMA**2), "The numerator p (1 - p) is not 1."),
        ],
    ),
    "ex-comparison-3": Number(
        lambda: _front("num_params"),
        hint="A network leaves the front if another has no more parameters and is no worse.",
        mistakes=[
            (lambda: _front("_ops"), "That is the front of accuracy against FLOPs."),
        ],
    ),
}
