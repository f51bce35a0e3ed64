"""Mistakes about shapes, sizes and indices."""

from __future__ import annotations

from visgrad.program.explanations.row import Row

SHAPES = (
    Row(
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)",
        r"mat1 and mat2 shapes cannot be multiplied \((?P<a>\d+)x(?P<b>\d+) and (?P<c>\d+)x(?P<d>\d+)\)",
        "A matrix product needs the columns of the first ({b}) to be as many as the rows of the second ({c}).",
        "Transpose one of them with .T, or check the layer's in_features.",
    ),
    Row(
        "RuntimeError: The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 0",
        r"size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\)",
        "Shapes are aligned from the right; each pair of sizes must be equal or one of them 1. {a} and {b} are not.",
        "Compare x.shape and y.shape; unsqueeze() adds a dimension of size 1.",
    ),
    Row(
        "RuntimeError: 1D tensors expected, but got 2D and 2D tensors",
        r"1D tensors expected, but got",
        "dot() multiplies two vectors; it does not broadcast and takes no matrices.",
        "Use a @ b, torch.matmul or torch.mm for matrices.",
    ),
    Row(
        "RuntimeError: shape '[4, 2]' is invalid for input of size 6",
        r"shape '\[(?P<shape>[^\]]*)\]' is invalid for input of size (?P<n>\d+)",
        "A new shape must hold as many elements as the tensor has: {n}. [{shape}] does not.",
        "Let one size be worked out with -1, as in x.view(2, -1).",
    ),
    Row(
        "RuntimeError: view size is not compatible with input tensor's size and stride (at least one dimension spans …",
        r"view size is not compatible with input tensor's size and stride",
        "view() never copies, and this tensor's elements do not lie in memory in the order the new shape needs.",
        "Use reshape(), which copies when it must, or contiguous().view(…).",
    ),
    Row(
        "IndexError: Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        r"Dimension out of range .*range of \[(?P<low>-?\d+), (?P<high>-?\d+)\], but got (?P<got>-?\d+)",
        "Dimensions are counted from 0, or from the end with -1; this tensor has no dimension {got}.",
        "Use a dimension from {low} to {high}.",
    ),
    Row(
        "IndexError: index 5 is out of bounds for dimension 0 with size 3",
        r"index (?P<i>-?\d+) is out of bounds for (dimension|axis) (?P<d>\d+) with size (?P<n>\d+)",
        "Dimension {d} has {n} elements, and they are counted from 0, so there is no element {i}.",
        "Use an index below {n}, or -1 for the last.",
    ),
    Row(
        "IndexError: too many indices for tensor of dimension 1",
        r"too many indices for (tensor of dimension|array)",
        "More indices were given than the tensor has dimensions.",
        "Look at x.shape; one index goes with each dimension.",
    ),
    Row(
        "RuntimeError: a Tensor with 3 elements cannot be converted to Scalar",
        r"a Tensor with (?P<n>\d+) elements cannot be converted to Scalar",
        "item() gives the one number a tensor holds; this one holds {n}.",
        "Reduce it (x.mean().item()), pick an element (x[0].item()), or use x.tolist().",
    ),
    Row(
        "RuntimeError: Boolean value of Tensor with more than one value is ambiguous",
        r"Boolean value of Tensor with (more than one|no) value",
        "`if`, `and` and `while` need one yes or no; a comparison of tensors gives one per element.",
        "Say which is meant: (x > 0).all() or (x > 0).any().",
    ),
    Row(
        "TypeError: only one element tensors can be converted to Python scalars",
        r"only (one element tensors|length-1 arrays|0-dimensional arrays) can be converted to Python scalars",
        "A number was expected, and a tensor of several elements was given.",
        "Pick one element or reduce the tensor first.",
    ),
    Row(
        "RuntimeError: Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4 for tensor …",
        r"Sizes of tensors must match except in dimension (?P<d>\d+)",
        "cat() joins along dimension {d}; in all the others the sizes must agree.",
        "Check the shapes, and the dim that is joined.",
    ),
    Row(
        "RuntimeError: stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1",
        r"stack expects each tensor to be equal size",
        "stack() puts tensors of one shape beside each other along a new dimension.",
        "Use torch.cat to join tensors of different lengths.",
    ),
    Row(
        "ValueError: Target 5 is out of bounds.",
        r"Target (?P<t>-?\d+) is out of bounds",
        "A class number must be from 0 to the number of classes minus one; {t} is not.",
        "Check the labels, and the size of the last layer.",
    ),
    Row(
        "ValueError: Target size (torch.Size([4])) must be the same as input size (torch.Size([4, 1]))",
        r"Target size \(.*\) must be the same as input size",
        "This loss compares element with element, so prediction and target need one shape.",
        "Use squeeze() or unsqueeze() on one of them.",
    ),
    Row(
        "RuntimeError: Given groups=1, weight of size [8, 3, 3, 3], expected input[1, 1, 28, 28] to have 3 channels, "
        "but got 1 channels instead",
        r"expected input.* to have (?P<a>\d+) channels, but got (?P<b>\d+) channels",
        "The convolution was made for {a} input channels, and the input has {b}.",
        "Check in_channels, and the order of dimensions: batch, channels, height, width.",
    ),
    Row(
        "RuntimeError: inconsistent tensor size, expected tensor [3] and src [4] to have the same number of "
        "elements, but got 3 and 4 elements respectively",
        r"inconsistent tensor size, expected tensor \[(?P<a>\d+)\] and src \[(?P<b>\d+)\]",
        "A dot product pairs the elements of two vectors, so both must be equally long; here they have {a} and {b}.",
        "Compare x.shape and y.shape.",
    ),
    Row(
        "RuntimeError: size mismatch, got input (2), mat (2x3), vec (4)",
        r"size mismatch, got input \(\d+\), mat \((?P<a>\d+)x(?P<b>\d+)\), vec \((?P<c>\d+)\)",
        "A matrix times a vector needs as many elements in the vector ({c}) as the matrix has columns ({b}).",
        "Check the shapes, or transpose the matrix with .T.",
    ),
    Row(
        "RuntimeError: Expected size for first two dimensions of batch2 tensor to be: [2, 4] but got: [2, 3].",
        r"Expected size for first two dimensions of batch2 tensor",
        "bmm() multiplies matrices in pairs: both need the same batch size, and the columns of the first must be "
        "the rows of the second.",
        "Use transpose(1, 2) on one of them, or torch.matmul.",
    ),
    Row(
        "RuntimeError: self must be a matrix",
        r"(self|mat1|mat2|input) must be a matrix|must be 3D matrices|tensor must be a 3D",
        "This function takes matrices of exactly one number of dimensions, and does not broadcast.",
        "Use torch.matmul or @, which take vectors, matrices and batches; or add a dimension with unsqueeze().",
    ),
    Row(
        "ValueError: Expected input batch_size (3) to match target batch_size (2).",
        r"Expected input batch_size \((?P<a>\d+)\) to match target batch_size \((?P<b>\d+)\)",
        "There are {a} predictions and {b} targets; each prediction needs one target.",
        "Compare output.shape[0] and target.shape[0]; a reshape may have mixed up the dimensions.",
    ),
    Row(
        "RuntimeError: 0D or 1D target tensor expected, multi-target not supported",
        r"0D or 1D target tensor expected",
        "This loss wants one class number per prediction, in a vector; the target has more dimensions.",
        "Use target.squeeze(1), or target.argmax(1) if it is one-hot.",
    ),
    Row(
        "RuntimeError: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [28, 28]",
        r"Expected .*\(unbatched\) or .*\(batched\) input",
        "The input lacks dimensions: a convolution wants channels, and usually a batch, before the spatial ones.",
        "Add them with x.unsqueeze(0), once for each that is missing.",
    ),
    Row(
        "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 3])",
        r"Expected more than 1 value per channel when training",
        "Batch normalisation works out a mean and a variance over the batch, which a batch of one does not have.",
        "Use a larger batch, or model.eval() when predicting.",
    ),
    Row(
        "RuntimeError: input.size(-1) must be equal to input_size. Expected 3, got 5",
        r"must be equal to input_size. Expected (?P<a>\d+), got (?P<b>\d+)",
        "The layer was made for {a} features per step, and the last dimension of the input has {b}.",
        "Check input_size, and the order of dimensions (batch_first).",
    ),
    Row(
        "ValueError: expected sequence of length 2 at dim 1 (got 1)",
        r"expected sequence of length (?P<a>\d+) at dim (?P<d>\d+) \(got (?P<b>\d+)\)",
        "The nested lists are not all equally long, so they make no rectangular tensor.",
        "Give every row as many numbers, or pad the short ones.",
    ),
    Row(
        "IndexError: The shape of the mask [2] at index 0 does not match the shape of the indexed tensor [3] at "
        "index 0",
        r"The shape of the mask .* does not match the shape of the indexed tensor",
        "A mask of True and False says for each element whether it is taken, so it has the shape of the tensor.",
        "Make the mask by comparing that same tensor: x[x > 0].",
    ),
    Row(
        "RuntimeError: The expanded size of the tensor (3) must match the existing size (2) at non-singleton "
        "dimension 0.",
        r"expanded size of the tensor \((?P<a>-?\d+)\) must match the existing size \((?P<b>\d+)\)",
        "expand() repeats dimensions of size 1 only; one of size {b} cannot become {a}.",
        "Use unsqueeze() to make a dimension of size 1 first, or repeat().",
    ),
    Row(
        "RuntimeError: permute(sparse_coo): number of dimensions in the tensor input does not match the length "
        "of the desired ordering of dimensions i.e. input.dim() = 2 is not equal to len(dims) = 1",
        r"number of dimensions in the tensor input does not match the length of the desired ordering",
        "permute() names every dimension once, in their new order.",
        "Name them all, as in x.permute(1, 0); transpose(a, b) swaps two.",
    ),
    Row(
        "RuntimeError: batch1 must be a 3D tensor",
        r"batch(?P<n>[12]) must be a 3D tensor",
        "bmm() multiplies matrices in pairs, so both tensors need three dimensions: batch, rows, columns.",
        "Use a @ b for single matrices, or unsqueeze(0) to make a batch of one.",
    ),
    Row(
        "RuntimeError: Expected target size [], got [1]",
        r"Expected target size \[(?P<a>[^\]]*)\], got \[(?P<b>[^\]]*)\]",
        "This loss wants one class number for each row of scores, so a target of shape [{a}]; this one is [{b}].",
        "Give scores of shape (batch, classes) and targets of shape (batch,); unsqueeze(0) makes a batch of one.",
    ),
    Row(
        "RuntimeError: Tensors must have same number of dimensions: got 2 and 1",
        r"Tensors must have same number of dimensions: got (?P<a>\d+) and (?P<b>\d+)",
        "cat() joins tensors of equally many dimensions; these have {a} and {b}.",
        "Add one to the smaller with unsqueeze(0).",
    ),
)
