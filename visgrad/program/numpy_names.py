"""The NumPy a program sees: functions on arrays in memory, no files, pickles, raw pointers or modules.

Owns the lists; a new function needs only its name here.  Left out on purpose: `load`, `save` and their kin, `memmap`,
`ctypeslib`, `lib` (`as_strided` reads any memory), `nditer`, `testing`'s and `f2py`'s machinery.
"""

from __future__ import annotations

from visgrad.program.names import words

NUMPY = words(
    """
    array asarray asanyarray ascontiguousarray copy empty empty_like zeros zeros_like ones ones_like full
    full_like arange linspace logspace geomspace eye identity diag diagflat tri tril triu vander meshgrid mgrid ogrid
    indices fromfunction fromiter frombuffer shape ndim size reshape ravel transpose swapaxes moveaxis rollaxis
    expand_dims squeeze broadcast_to broadcast_arrays broadcast_shapes atleast_1d atleast_2d atleast_3d concatenate
    concat stack vstack hstack dstack column_stack block split array_split hsplit vsplit dsplit tile repeat delete
    insert append resize trim_zeros signbit unique flip fliplr flipud roll rot90 pad permute_dims matrix_transpose add
    subtract multiply divide true_divide floor_divide power pow float_power mod remainder fmod divmod negative
    positive absolute abs fabs sign heaviside rint conj conjugate exp exp2 expm1 log log2 log10 log1p logaddexp
    logaddexp2 sqrt square cbrt reciprocal gcd lcm sin cos tan arcsin arccos arctan arctan2 asin acos atan atan2 hypot
    sinh cosh tanh arcsinh arccosh arctanh asinh acosh atanh degrees radians deg2rad rad2deg unwrap sinc i0 floor ceil
    trunc round around fix modf frexp ldexp copysign nextafter spacing maximum minimum fmax fmin clip nan_to_num real
    imag angle real_if_close interp convolve correlate gradient diff ediff1d cross trapezoid sum prod cumsum cumprod
    nansum nanprod nancumsum nancumprod mean average median std var ptp percentile quantile nanmean nanmedian nanstd
    nanvar nanpercentile nanquantile max min amax amin nanmax nanmin histogram histogram2d histogramdd bincount
    digitize corrcoef cov dot vdot inner outer matmul tensordot einsum kron trace vecdot linalg equal not_equal less
    less_equal greater greater_equal logical_and logical_or logical_xor logical_not all any isclose allclose
    array_equal array_equiv isnan isinf isfinite isneginf isposinf isreal iscomplex isscalar isrealobj iscomplexobj
    isin in1d intersect1d union1d setdiff1d setxor1d sort argsort lexsort partition argpartition argmax argmin
    nanargmax nanargmin argwhere nonzero flatnonzero where searchsorted extract count_nonzero take take_along_axis put
    put_along_axis choose compress select place putmask copyto fill_diagonal ix_ ravel_multi_index unravel_index
    diag_indices diag_indices_from tril_indices tril_indices_from triu_indices triu_indices_from diagonal
    apply_along_axis apply_over_axes vectorize piecewise bitwise_and bitwise_or bitwise_xor bitwise_not invert
    left_shift right_shift packbits unpackbits binary_repr base_repr poly poly1d polyadd polyder polydiv polyfit
    polyint polymul polysub polyval roots dtype generic number integer signedinteger unsignedinteger inexact floating
    complexfloating bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp uintp int_ uint intc long
    longlong float16 float32 float64 half single double longdouble complex64 complex128 csingle cdouble str_ bytes_
    object_ void datetime64 timedelta64 flexible character finfo iinfo result_type promote_types can_cast
    min_scalar_type issubdtype common_type isdtype astype pi e inf nan newaxis euler_gamma ufunc array2string
    array_repr array_str set_printoptions get_printoptions printoptions format_float_positional
    format_float_scientific errstate geterr seterr bartlett blackman hamming hanning kaiser ndindex ndenumerate
    flatiter shares_memory may_share_memory iterable __version__
    """
)

LINALG = words(
    """
    LinAlgError cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq matmul matrix_norm matrix_power
    matrix_rank matrix_transpose multi_dot norm outer pinv qr slogdet solve svd svdvals tensordot tensorinv
    tensorsolve trace vecdot vector_norm
    """
)

RANDOM = words(
    """
    Generator PCG64 RandomState SeedSequence beta binomial bytes chisquare choice default_rng dirichlet exponential f
    gamma geometric get_state gumbel hypergeometric laplace logistic lognormal logseries multinomial
    multivariate_normal negative_binomial normal pareto permutation poisson power rand randint randn random
    random_integers random_sample ranf rayleigh sample seed set_state shuffle standard_cauchy standard_exponential
    standard_gamma standard_normal standard_t triangular uniform vonmises wald weibull zipf
    """
)

FFT = words(
    """
    fft fft2 fftfreq fftn fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft rfft2 rfftfreq rfftn
    """
)

TESTING = ["assert_allclose", "assert_almost_equal", "assert_array_almost_equal", "assert_array_equal", "assert_equal"]
