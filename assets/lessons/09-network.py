# A small network learns XOR · 작은 신경망이 XOR을 배우다
#
# Two layers, sixty steps. The loop folds into one card; unfold a pass to see forward,
# backward and the update of each parameter.
import torch
from torch import nn

torch.manual_seed(0)
X = torch.tensor([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
Y = torch.tensor([[0.], [1.], [1.], [0.]])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 4)
        self.out = nn.Linear(4, 1)

    def forward(self, x):
        return self.out(torch.tanh(self.hidden(x)))


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
loss_of = nn.BCEWithLogitsLoss()

for step in range(60):
    optimizer.zero_grad()
    loss = loss_of(net(X), Y)
    loss.backward()
    optimizer.step()
    if step % 20 == 19:
        print(f"step {step + 1:2d}   loss {loss.item():.4f}")

with torch.no_grad():
    print(torch.sigmoid(net(X)).round().flatten())
