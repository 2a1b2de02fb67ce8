//! The lab's work in candle, with its own clock.
//!
//! ```text
//! emberlab-bench-candle mlp|cnn FOLDER
//! ```
//!
//! FOLDER holds `cifar-10-batches-bin/`. Prints a JSON object: the seconds of the loop, without preparation, and its updates.

use anyhow::{Context, Result, bail};
use candle_core::{D, DType, Device, Module, ModuleT, Tensor};
use candle_nn::{BatchNorm, Conv2d, Conv2dConfig, Linear, Optimizer, SGD, VarBuilder, VarMap, loss};
use std::path::Path;
use std::time::Instant;

const BATCH: usize = 128;
const CLASSES: usize = 10;
/// Bytes of an image, and of its record with the label.
const IMAGE: usize = 3072;
const RECORD: usize = IMAGE + 1;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [workload, folder] = arguments.as_slice() else { bail!("wanted: mlp|cnn FOLDER") };
    let data = Data::read(Path::new(folder))?;
    let variables = VarMap::new();
    let builder = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let (network, updates): (Box<dyn ModuleT>, usize) = match workload.as_str() {
        "mlp" => (Box::new(Mlp::new(builder)?), data.labels.len().div_ceil(BATCH)),
        "cnn" => (Box::new(Cnn::new(builder)?), 20),
        _ => bail!("no workload `{workload}`"),
    };
    let mut optimizer = SGD::new(variables.all_vars(), 0.01)?;
    // The first update allocates.
    train(&data, network.as_ref(), &mut optimizer, 1)?;
    let start = Instant::now();
    train(&data, network.as_ref(), &mut optimizer, updates)?;
    println!("{{\"seconds\": {}, \"updates\": {updates}}}", start.elapsed().as_secs_f64());
    Ok(())
}

/// Updates on the first batches, with the loss and the accuracy of each.
fn train(data: &Data, network: &dyn ModuleT, optimizer: &mut SGD, updates: usize) -> Result<()> {
    for update in 0..updates {
        let (images, labels) = data.batch(update)?;
        let logits = network.forward_t(&images, true)?;
        let loss = loss::cross_entropy(&logits, &labels)?;
        optimizer.backward_step(&loss)?;
        let right = logits.argmax(D::Minus1)?.eq(&labels)?.to_dtype(DType::F32)?.mean_all()?;
        std::hint::black_box((loss.to_scalar::<f32>()?, right.to_scalar::<f32>()?));
    }
    Ok(())
}

/// All training images, ready.
struct Data {
    /// `[n, 3072]`, from 0 to 1.
    images: Tensor,
    labels: Vec<u32>,
}

impl Data {
    fn read(folder: &Path) -> Result<Self> {
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        for number in 1..=5 {
            let path = folder.join("cifar-10-batches-bin").join(format!("data_batch_{number}.bin"));
            let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
            for record in bytes.chunks_exact(RECORD) {
                labels.push(u32::from(record[0]));
                images.extend(record[1..].iter().map(|byte| f32::from(*byte) / 255.0));
            }
        }
        let images = Tensor::from_vec(images, (labels.len(), IMAGE), &Device::Cpu)?;
        Ok(Self { images, labels })
    }

    /// A batch of images from anywhere, as a shuffled order would take them.
    fn batch(&self, number: usize) -> Result<(Tensor, Tensor)> {
        let n = self.labels.len();
        // 7,919 is prime, so that an epoch takes each image once.
        let rows: Vec<u32> =
            (number * BATCH..((number + 1) * BATCH).min(n)).map(|index| (index * 7919 % n) as u32).collect();
        let labels: Vec<u32> = rows.iter().map(|row| self.labels[*row as usize]).collect();
        let count = rows.len();
        let images = self.images.index_select(&Tensor::from_vec(rows, count, &Device::Cpu)?, 0)?;
        Ok((images, Tensor::from_vec(labels, count, &Device::Cpu)?))
    }
}

/// One hidden layer of 512.
struct Mlp {
    hidden: Linear,
    output: Linear,
}

impl Mlp {
    fn new(builder: VarBuilder) -> Result<Self> {
        let hidden = candle_nn::linear(IMAGE, 512, builder.pp("hidden"))?;
        Ok(Self { hidden, output: candle_nn::linear(512, CLASSES, builder.pp("output"))? })
    }
}

impl ModuleT for Mlp {
    fn forward_t(&self, images: &Tensor, _: bool) -> candle_core::Result<Tensor> {
        self.output.forward(&self.hidden.forward(images)?.relu()?)
    }
}

/// Three blocks of convolution, batch norm, ReLU and max-pool, then a linear layer.
struct Cnn {
    blocks: Vec<(Conv2d, BatchNorm)>,
    output: Linear,
}

impl Cnn {
    fn new(builder: VarBuilder) -> Result<Self> {
        let mut channels = 3;
        let blocks = [32, 64, 128].map(|filters| {
            let (builder, config) = (builder.pp(filters.to_string()), Conv2dConfig { padding: 1, ..Default::default() });
            let convolution = candle_nn::conv2d(channels, filters, 3, config, builder.pp("convolution"))?;
            channels = filters;
            Ok((convolution, candle_nn::batch_norm(filters, 1e-5, builder.pp("norm"))?))
        });
        let blocks = blocks.into_iter().collect::<Result<_>>()?;
        Ok(Self { blocks, output: candle_nn::linear(128 * 16, CLASSES, builder.pp("output"))? })
    }
}

impl ModuleT for Cnn {
    fn forward_t(&self, images: &Tensor, train: bool) -> candle_core::Result<Tensor> {
        let mut signal = images.reshape(((), 3, 32, 32))?;
        for (convolution, norm) in &self.blocks {
            signal = norm.forward_t(&convolution.forward(&signal)?, train)?.relu()?.max_pool2d(2)?;
        }
        self.output.forward(&signal.flatten_from(1)?)
    }
}
