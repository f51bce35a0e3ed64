# Broadcasting and its gradient · 브로드캐스팅
#
# A row is added to every row of a matrix: it is used several times over.
# Going back, its gradient is the sum of what comes from each of these uses.
import torch

X = torch.tensor([[1., 2., 3.],
                  [4., 5., 6.]])
bias = torch.tensor([10., 20., 30.], requires_grad=True)
scale = torch.tensor(2.0, requires_grad=True)

Y = scale * X + bias
print(Y.shape)

Y.sum().backward()
print(bias.grad)    # two rows, so 2 for each element
print(scale.grad)   # scale met every element of X: their sum
