//! The views of an image that its logits are averaged over.

/// The views of an image whose logits are averaged when a trained classifier is evaluated (test-time augmentation).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Views {
    /// The image alone.
    #[default]
    None,
    /// The image and its mirror image, each with weight 1/2.
    Mirror,
    /// Half of the weight as for [`Views::Mirror`], and half of it on the same for the image moved by one pixel down and
    /// to the right, and moved by one pixel up and to the left, with a reflected border. This is `infer_mirror_translate` of
    /// airbench (K. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024).
    MirrorTranslate,
}
