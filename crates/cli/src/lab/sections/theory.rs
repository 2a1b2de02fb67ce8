//! The formulas of the classifiers.

use super::{shape, shapes};
use crate::error::Error;
use crate::lab::experiment::Experiment;
use crate::lab::results::Lab;
use emberlab_report::formula::{display, inline};
use maud::{Markup, html};

/// Weights, bias, and the product that predicts.
pub fn prediction(lab: &Lab) -> Result<Markup, Error> {
    let sizes = lab.of(Experiment::SOFTMAX).map(|done| {
        let data = &done.material.record.data;
        [data.n_train, data.n_features, data.class_names.len()]
    });
    Ok(html! {
        h2 id="prediction" { "2. Weights, bias, prediction" }
        p {
            "A linear classifier gives each class a score: a weighted sum of the features and a constant, the bias. The bias
             needs no special treatment if the first feature is always 1: the weight of this feature is the bias. With "
            (inline("m")?) " samples, " (inline("n")?) " features and " (inline("K")?) " classes:"
        }
        (display(r"X = \begin{bmatrix} 1 & x_{11} & \cdots & x_{1n} \\ \vdots & \vdots & & \vdots \\ 1 & x_{m1} & \cdots & x_{mn} \end{bmatrix}, \qquad \theta = \begin{bmatrix} b_1 & \cdots & b_K \\ \theta_{11} & \cdots & \theta_{1K} \\ \vdots & & \vdots \\ \theta_{n1} & \cdots & \theta_{nK} \end{bmatrix}, \qquad Z = X\theta")?)
        @if let Some([m, n, k]) = sizes {
            (shapes(&[
                ("a column of ones before X", shape(&[m, n]), shape(&[m, n + 1])),
                ("θ, drawn", "–".to_owned(), shape(&[n + 1, k])),
                ("Z = X θ", format!("{} and {}", shape(&[m, n + 1]), shape(&[n + 1, k])), shape(&[m, k])),
            ]))
        }
        p {
            "The initial weights are small random numbers, " (inline(r"\theta_{ij} \sim \mathcal{N}(0,\, 0.01^2)")?)
            ", drawn row after row by NumPy's generator from the seed in the configuration, so that the same file gives the
             same weights on every machine. A linear classifier could start from zeros too; hidden layers could not, because units
             with equal weights stay equal."
        }
        h2 id="probabilities" { "3. From scores to probabilities" }
        p { "With two classes one score is enough. The sigmoid turns it into the probability of class 1:" }
        (display(r"\hat y = \sigma(z) = \frac{1}{1 + e^{-z}}")?)
        p {
            "With more classes the softmax turns the scores into positive numbers that sum to 1. Subtracting the largest score first
             does not change the result and prevents an overflow of the exponentials:"
        }
        (display(r"\hat y_{ik} = \frac{e^{z_{ik}}}{\sum_j e^{z_{ij}}} = \frac{e^{z_{ik} - s_i}}{\sum_j e^{z_{ij} - s_i}}, \qquad s_i = \max_j z_{ij}")?)
    })
}

/// Cross-entropy and its derivative.
pub fn loss_and_gradient() -> Result<Markup, Error> {
    Ok(html! {
        h2 id="loss" { "4. The loss" }
        p {
            "The loss is the cross-entropy, the mean of "
            (inline(r"-\ln \hat y")?) " of the true class over all samples. It is small if the classifier gives the true class a high probability. For two
             classes, and for more with "
            (inline(r"y_{ik} = 1")?) " for the class of sample " (inline("i")?) " and 0 elsewhere:"
        }
        (display(r"J(\theta) = -\frac1m \sum_{i=1}^{m} \bigl[\, y_i \ln \hat y_i + (1 - y_i) \ln (1 - \hat y_i) \,\bigr], \qquad J(\theta) = -\frac1m \sum_{i=1}^{m} \sum_{k=1}^{K} y_{ik} \ln \hat y_{ik}")?)
        p {
            "A classifier with small random weights gives all classes about the same probability, so that training starts near "
            (inline(r"\ln K")?) ": 0.6931 for two classes, 1.0986 for three, 2.3026 for ten."
        }
        h2 id="gradient" { "5. Its derivative" }
        p {
            "For one sample, " (inline(r"J = -z_c + \ln \sum_j e^{z_j}")?) " with the true class " (inline("c")?)
            ". The derivative of the logarithm is the softmax, and the first term subtracts 1 at the true class:"
        }
        (display(r"\frac{\partial J}{\partial z_k} = \frac{e^{z_k}}{\sum_j e^{z_j}} - y_k = \hat y_k - y_k")?)
        p {
            "For the sigmoid, " (inline(r"\sigma' = \sigma (1 - \sigma)")?) " cancels against the derivative of the logarithm and
             leaves the same " (inline(r"\hat y - y")?) ". Each score is a weighted sum of the features, so the chain rule
             multiplies by the features, and the mean over the samples becomes one matrix product:"
        }
        (display(r"\frac{\partial J}{\partial \theta} = \frac1m X^{\mathsf T} (\hat Y - Y)")?)
    })
}

/// Batch and stochastic gradient descent.
pub fn update() -> Result<Markup, Error> {
    Ok(html! {
        h2 id="update" { "6. The update" }
        p {
            "Gradient descent takes a step of " (inline(r"\alpha")?) ", the learning rate, in the direction opposite to the derivative:"
        }
        (display(r"\theta \leftarrow \theta - \alpha \frac{\partial J}{\partial \theta}")?)
        p {
            "Batch gradient descent takes the derivative of the mean loss over all samples: one smooth step after a whole pass.
             Stochastic gradient descent takes the derivative of the loss of one sample at a time: a noisy step after each sample,
             and as many steps in a pass as there are samples."
        }
    })
}
