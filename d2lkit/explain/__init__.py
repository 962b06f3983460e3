"""What a trained network looks at: activations, gradients, Grad-CAM, occlusion, maximisation."""

from d2lkit.explain.activations import Spot, activations, field_of, strongest
from d2lkit.explain.grad_cam import grad_cam, overlay
from d2lkit.explain.maximisation import maximise
from d2lkit.explain.occlusion import occlusion
from d2lkit.explain.saliency import saliency

__all__ = [
    "Spot",
    "activations",
    "field_of",
    "grad_cam",
    "maximise",
    "occlusion",
    "overlay",
    "saliency",
    "strongest",
]
