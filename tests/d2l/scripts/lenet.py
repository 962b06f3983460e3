from d2l import torch as d2l

data = d2l.FashionMNIST(batch_size=8)
model = d2l.LeNet(lr=0.1)
model.layer_summary((1, 1, 28, 28))
model.apply_init([next(iter(data.get_dataloader(True)))[0]], d2l.init_cnn)
trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
trainer.fit(model, data)
