//! Images with zeros around them.

/// The planes of an image, each with zeros around it, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Planes {
    height: usize,
    width: usize,
    before: usize,
    /// Width with the zeros.
    pub stride: usize,
    /// Numbers from one plane to the next: more than the image and its zeros, so that vectors which begin within a plane end
    /// within it.
    pub len: usize,
}

impl Planes {
    /// Planes for images of `height × width` pixels with `before` zeros above and to the left and `after` zeros below and to the
    /// right, and `slack` numbers at the end of each.
    pub fn new(height: usize, width: usize, before: usize, after: usize, slack: usize) -> Self {
        let stride = width + before + after;
        Self { height, width, before, stride, len: (height + before + after) * stride + slack }
    }

    /// Copies the planes of an image. The numbers around them stay.
    pub fn fill(self, planes: &mut [f32], image: &[f32]) {
        let Self { height, width, before, stride, len } = self;
        for (plane, image) in planes.chunks_exact_mut(len).zip(image.chunks_exact(height * width)) {
            let rows = plane[before * stride + before..].chunks_mut(stride);
            for (row, pixels) in rows.zip(image.chunks_exact(width)) {
                row[..width].copy_from_slice(pixels);
            }
        }
    }
}
