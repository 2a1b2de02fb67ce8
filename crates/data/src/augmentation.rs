//! The settings of random image augmentation.

/// How training images are changed at random, as by torchvision's `RandomHorizontalFlip()` and
/// `RandomCrop(size, padding)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Augmentation {
    /// Whether each image is mirrored left to right with probability 0.5.
    pub horizontal_flip: bool,
    /// The padding in pixels that crops may reach into; 0 for no crops.
    pub random_crop: usize,
}

impl Augmentation {
    /// Whether images stay unchanged.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}
