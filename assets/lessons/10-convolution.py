# A convolution and its gradient · 합성곱과 기울기
#
# One kernel slides over the whole image, so each of its weights is used at every place:
# its gradient is the sum over all of them.
import torch
import torch.nn.functional as F

image = torch.zeros(1, 1, 6, 6)
image[..., 3:] = 1.0                       # dark on the left, bright on the right

kernel = torch.tensor([[[[-1., 0., 1.],
                         [-1., 0., 1.],
                         [-1., 0., 1.]]]], requires_grad=True)

edges = F.conv2d(image, kernel)            # answers where the brightness changes
print(edges[0, 0])

peak = F.max_pool2d(F.relu(edges), 2)
peak.sum().backward()                      # only the largest of every four passes it on
print(kernel.grad[0, 0])
