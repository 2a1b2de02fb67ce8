//! The six parts of the exercises: what each explains, and the functions to write.

use crate::experiment::Experiment;

/// A part of the exercises.
pub struct Part {
    /// Its title.
    pub title: &'static str,
    /// What it is about, with formulas in which a gap is a box.
    pub lead: &'static str,
    /// Formulas to complete on paper, on lines of their own.
    pub formulas: &'static [&'static str],
    /// The functions to write, and what each must do.
    pub functions: &'static [(&'static str, &'static str)],
    /// The configuration that belongs to it.
    pub experiment: Experiment,
    /// What to do with it.
    pub command: &'static str,
}

/// All parts, in order.
pub const PARTS: [Part; 6] = [
    Part {
        title: "From scores to probabilities",
        lead: "A classifier computes a score $z$ for each class. The sigmoid makes a probability of one score, the softmax makes probabilities of several. Fill the gaps on paper, then write both functions.",
        formulas: &[
            r"\sigma(z) = \frac{1}{1 + \square}, \qquad \operatorname{softmax}(z)_k = \frac{e^{z_k}}{\square}",
        ],
        functions: &[
            ("sigmoid", "the sigmoid of each number, of any shape"),
            (
                "softmax",
                "the softmax of each row of $z$, $m \\times K$; a row may hold scores as large as 1000 or as small as -1000",
            ),
        ],
        experiment: Experiment::PROBABILITIES,
        command: "train",
    },
    Part {
        title: "The loss",
        lead: "The cross-entropy is small if the classifier gives the true class a high probability. It is a mean over the $m$ samples. A probability of 0 has no logarithm, so probabilities are clipped first.",
        formulas: &[
            r"J = -\frac1m \sum_{i=1}^m \Bigl[ y_i \ln p_i + \square \Bigr], \qquad J = -\frac1m \sum_{i=1}^m \sum_{k=1}^K \square",
        ],
        functions: &[
            (
                "binary_cross_entropy",
                "of labels 0 or 1 and probabilities of class 1, both $m \\times 1$; a number",
            ),
            ("cross_entropy", "of one-hot targets and probabilities, both $m \\times K$; a number"),
        ],
        experiment: Experiment::LOSS,
        command: "train",
    },
    Part {
        title: "Derivatives",
        lead: "Each function above has a derivative. Check yours with a difference quotient: change one input by a little, and see how much the result changes.",
        formulas: &[
            r"\sigma'(z) = \square, \qquad \frac{\partial p_i}{\partial z_j} = p_i \bigl( \square \bigr), \qquad \frac{\partial J}{\partial p_{ik}} = \square",
            r"\frac{\partial f}{\partial x} \approx \frac{f(x + h) - f(x - h)}{2h}",
        ],
        functions: &[
            ("sigmoid_derivative", "at each number of $z$"),
            (
                "softmax_derivative",
                "of one row $z$, $1 \\times K$: a matrix $K \\times K$ whose entry $(i, j)$ is the derivative of probability $i$ by score $j$",
            ),
            ("binary_cross_entropy_derivative", "by each probability, $m \\times 1$"),
            ("cross_entropy_derivative", "by each probability, $m \\times K$"),
        ],
        experiment: Experiment::DERIVATIVES,
        command: "gradcheck",
    },
    Part {
        title: "A linear classifier learns",
        lead: "The chain rule joins the derivatives of the softmax and of the loss, and nearly everything cancels. One product gives the derivative by all weights; the update is a step against it.",
        formulas: &[
            r"\frac{\partial J}{\partial z_{ik}} = \frac1m \bigl( \square \bigr), \qquad \frac{\partial J}{\partial \theta} = \square\, \frac{\partial J}{\partial Z}, \qquad \theta \leftarrow \theta - \square",
        ],
        functions: &[
            (
                "linear_gradient",
                "by the weights, $(n + 1) \\times K$, from inputs with a column of ones, $m \\times (n + 1)$, targets and probabilities, both $m \\times K$",
            ),
            ("update", "the weights after one step"),
        ],
        experiment: Experiment::UPDATE,
        command: "train",
    },
    Part {
        title: "A hidden layer",
        lead: "A network with one hidden layer computes $Z_1 = X W_1^{\\mathsf T} + b_1$, $A_1 = \\max(0, Z_1)$ and $Z_2 = A_1 W_2^{\\mathsf T} + b_2$. Its derivatives are computed from the last layer to the first.",
        formulas: &[
            r"\frac{\partial J}{\partial W_2} = \Bigl( \frac{\partial J}{\partial Z_2} \Bigr)^{\mathsf T} \square, \qquad \frac{\partial J}{\partial Z_1} = \Bigl( \frac{\partial J}{\partial Z_2} \square \Bigr) \odot \square, \qquad \frac{\partial J}{\partial b_1} = \square",
        ],
        functions: &[("mlp_backward", "by $W_1$, $b_1$, $W_2$ and $b_2$, in this order")],
        experiment: Experiment::MLP,
        command: "train",
    },
    Part {
        title: "A convolution",
        lead: "A convolution moves each filter over the image and takes a weighted sum at every place. A pixel is seen from several places, and a filter is used at all of them: derivatives are sums over these.",
        formulas: &[
            r"y_{fij} = b_f + \sum_{c, u, v} x_{c,\, i + u,\, j + v}\, w_{fcuv}, \qquad \frac{\partial J}{\partial w_{fcuv}} = \sum_{i, j} \frac{\partial J}{\partial y_{fij}}\, \square",
        ],
        functions: &[(
            "convolution_backward",
            "by the image, the filters and the bias, in this order, from the derivative by the output",
        )],
        experiment: Experiment::CONVOLUTION,
        command: "config show --layers",
    },
];
