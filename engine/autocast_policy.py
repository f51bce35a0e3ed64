"""Which operators autocast runs in which type: torch's lists, read off its `autocast_mode.h` and its CPU kernels.

`LOWER`: in the short type.  `FLOAT`: in float32.  `WIDEST`: in the widest type among the operands.  All others run in
the type of their operands.
"""

from __future__ import annotations

LOWER = frozenset(
    """
    conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d
    mm bmm addmm addbmm baddbmm matmul linear linalg_vecdot linalg_multi_dot prelu scaled_dot_product_attention
    """.split()  # noqa: SIM905 - to be read
)

FLOAT = frozenset(
    """
    avg_pool3d adaptive_avg_pool3d adaptive_max_pool3d max_pool3d fractional_max_pool2d fractional_max_pool3d
    max_unpool1d max_unpool2d max_unpool3d grid_sample prod trace quantile nanquantile cdist
    cholesky cholesky_inverse cholesky_solve inverse lu_solve pinverse qr svd triangular_solve
    binary_cross_entropy binary_cross_entropy_with_logits cosine_embedding_loss cross_entropy ctc_loss
    hinge_embedding_loss huber_loss kl_div l1_loss margin_ranking_loss mse_loss multi_margin_loss
    multilabel_margin_loss nll_loss poisson_nll_loss smooth_l1_loss soft_margin_loss triplet_margin_loss
    linalg_cholesky linalg_cholesky_ex linalg_cond linalg_eigh linalg_eigvalsh linalg_inv linalg_inv_ex linalg_lstsq
    linalg_matrix_rank linalg_qr linalg_solve linalg_svd linalg_svdvals linalg_tensorinv linalg_tensorsolve
    """.split()  # noqa: SIM905
)

WIDEST = frozenset({"stack", "cat", "index_copy"})

CUDA_LOWER = frozenset({"addmv", "addr", "mv", "chain_matmul", "einsum"})
"""On a GPU these are short too."""

CUDA_FLOAT = frozenset(
    """
    acos asin cosh erfinv exp expm1 log log10 log2 log1p reciprocal rsqrt sinh tan pow softplus layer_norm rms_norm
    group_norm cosine_similarity dist pdist renorm logsumexp softmax log_softmax cumprod cumsum sum
    linalg_vector_norm linalg_matrix_norm norm
    """.split()  # noqa: SIM905
)
"""On a GPU these are in float32 too."""


def policies(device: str) -> dict[str, str]:
    """How each operator is cast on "cpu" or "cuda"; operators that are not cast are left out."""
    gpu = device == "cuda"
    found = dict.fromkeys(FLOAT | (CUDA_FLOAT if gpu else frozenset()), "float")
    found |= dict.fromkeys(LOWER | (CUDA_LOWER if gpu else frozenset()), "lower")
    return found | dict.fromkeys(WIDEST, "widest")
