"""Entries of PyTorch's operator database that the engine leaves out on purpose, each with its reason."""

from __future__ import annotations

import re

COMPLEX = "complex numbers"
SPARSE = "sparse and hashed storage"
FOURIER = "Fourier transforms"
PRIVATE = "private or generated for compilers"
LOW_LEVEL = "building blocks of LAPACK that linalg wraps"
BESSEL = "Bessel and Airy functions and orthogonal polynomials"
MASKED = "torch.masked, a prototype"
SIGNAL = "torch.signal"
LOW_RANK = "randomised low-rank factorisations"
GPU = "kernels for GPUs only"
WRONG = "a derivative that torch has wrong"

REASONS: tuple[tuple[str, str], ...] = (
    (r"view_as_real|view_as_complex|complex|polar|chalf|cfloat|cdouble|imag|linalg\.eig|linalg\.eigvals", COMPLEX),
    (r"nn\.functional\.silu\.complex", COMPLEX),
    (r"to_sparse|sparse\..*|hash_tensor", SPARSE),
    (r"fft\..*|stft|istft", FOURIER),
    (r"_(?!_)[a-z_0-9]+.*|torch\..*|.*_copy|native_.*|unsafe_.*|.*_backward|jiterator.*|empty_permuted", PRIVATE),
    (r"grid_sampler_[23]d|slice|constant_pad_nd|nonzero_static", PRIVATE),
    (r"nn\.functional\.linear_cross_entropy.*|geqrf|ormqr|linalg\.householder_product|linalg\.ldl_.*", LOW_LEVEL),
    (r"special\.(airy|bessel|modified_bessel|scaled_modified|spherical|chebyshev|shifted|hermite).*", BESSEL),
    (r"special\.(laguerre|legendre).*", BESSEL),
    (r"masked\..*", MASKED),
    (r"signal\..*", SIGNAL),
    (r"svd_lowrank|pca_lowrank", LOW_RANK),
    (r"bmm\.triton.*", GPU),
    (r"as_strided_scatter", WRONG),
)
KEPT = {"index_copy", "linear_cross_entropy"}
"""Names that a pattern above catches by accident."""


def reason(name: str) -> str | None:
    """Why this operator is left out; None if it is not."""
    if name in KEPT:
        return None
    for pattern, why in REASONS:
        if re.fullmatch(pattern, name):
            return why
    return None
