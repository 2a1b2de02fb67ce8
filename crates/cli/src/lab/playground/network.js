"use strict";
// A softmax classifier of two features and two classes, with no hidden layer or one of ReLU units, trained by gradient
// descent with derivatives by hand. It begins with the program's weights and makes the program's updates.

// The samples of an update: batches in the order of the table, the last of a pass may be smaller.
function batchRange(update, batchSize, nSamples) {
  const start = (update % Math.ceil(nSamples / batchSize)) * batchSize;
  return [start, Math.min(start + batchSize, nSamples)];
}

class Network {
  // `hidden` units, 0 for a linear classifier. `uniforms` are numbers from 0 to 1 in the order of the program's draws.
  // Weights are `[outputs, inputs]`, uniform up to ±√(6 / inputs), in single precision; biases are 0.
  constructor(hidden, uniforms) {
    const sizes = hidden ? [2, hidden, 2] : [2, 2];
    let drawn = 0;
    this.layers = sizes.slice(1).map((nOutputs, index) => {
      const nInputs = sizes[index], bound = Math.sqrt(6 / nInputs);
      const draw = () => Math.fround(-bound + 2 * bound * uniforms[drawn++]);
      const weight = Float64Array.from({ length: nOutputs * nInputs }, draw);
      return { nInputs, nOutputs, weight, bias: new Float64Array(nOutputs) };
    });
  }

  // The inputs of each layer and at last the logits.
  forward(features) {
    const values = [features];
    for (const [index, { nInputs, nOutputs, weight, bias }] of this.layers.entries()) {
      const inputs = values[index], outputs = new Float64Array(nOutputs);
      for (let output = 0; output < nOutputs; output++) {
        let sum = bias[output];
        for (let input = 0; input < nInputs; input++) sum += weight[output * nInputs + input] * inputs[input];
        outputs[output] = index + 1 < this.layers.length ? Math.max(sum, 0) : sum;
      }
      values.push(outputs);
    }
    return values;
  }

  // The probability of class 1.
  probability(x, y) {
    const [zero, one] = this.forward([x, y]).at(-1);
    return 1 / (1 + Math.exp(zero - one));
  }

  // One update by the samples of a range; returns their mean loss before it.
  update(points, [from, to], learningRate) {
    const zeros = (values) => new Float64Array(values.length);
    const gradients = this.layers.map(({ weight, bias }) => ({ weight: zeros(weight), bias: zeros(bias) }));
    let loss = 0;
    for (let row = from; row < to; row++) loss += this.addGradients(points[row], gradients);
    const step = learningRate / (to - from);
    this.layers.forEach(({ weight, bias }, index) => {
      for (let i = 0; i < weight.length; i++) weight[i] -= step * gradients[index].weight[i];
      for (let i = 0; i < bias.length; i++) bias[i] -= step * gradients[index].bias[i];
    });
    return loss / (to - from);
  }

  // Adds the derivatives of the loss of a sample; returns the loss, ln Σ exp(z) - z of its class.
  addGradients({ x, y, label }, gradients) {
    const values = this.forward([x, y]), logits = values.at(-1);
    const largest = Math.max(...logits), exponentials = logits.map((logit) => Math.exp(logit - largest));
    const sum = exponentials[0] + exponentials[1];
    // ∂loss/∂z is the probabilities minus the one-hot label.
    let error = exponentials.map((exponential, output) => exponential / sum - (output === label ? 1 : 0));
    for (let index = this.layers.length - 1; index >= 0; index--) {
      const { nInputs, nOutputs, weight } = this.layers[index], inputs = values[index];
      const before = new Float64Array(nInputs);
      for (let output = 0; output < nOutputs; output++) {
        gradients[index].bias[output] += error[output];
        for (let input = 0; input < nInputs; input++) {
          gradients[index].weight[output * nInputs + input] += error[output] * inputs[input];
          before[input] += error[output] * weight[output * nInputs + input];
        }
      }
      // ReLU passes the derivative where its output is above 0.
      error = before.map((value, input) => (inputs[input] > 0 ? value : 0));
    }
    return largest + Math.log(sum) - logits[label];
  }
}
