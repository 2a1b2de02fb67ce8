//! Images whose channels lie side by side, with zeros around them.

/// Channels of a pixel that are read in a row: a line of the cache.
pub const CHUNK: usize = 16;

/// An image of one shape, `[rows, columns, channels]`.
#[derive(Clone, Copy, Debug)]
pub struct ChannelsLast {
    pub channels: usize,
    /// Numbers from one pixel to the next, at least the channels.
    pub depth: usize,
    /// Height and width of the image.
    pub image: [usize; 2],
    /// Zeros above and to the left of it.
    pub before: usize,
    /// Rows and columns with the zeros.
    pub padded: [usize; 2],
}

impl ChannelsLast {
    /// Numbers of an image with its zeros.
    pub fn len(&self) -> usize {
        self.padded[0] * self.padded[1] * self.depth
    }

    /// Arranges an image `[c, h, w]` pixel by pixel. The zeros around it stay.
    pub fn fill(&self, padded: &mut [f32], image: &[f32]) {
        let &Self { channels, depth, image: [height, width], before, padded: [_, columns] } = self;
        for y in 0..height {
            let start = ((y + before) * columns + before) * depth;
            let pixels = &mut padded[start..][..width * depth];
            // Some channels at a time: of each line of the cache a few numbers are read, and a line is written.
            for first in (0..channels).step_by(CHUNK) {
                let n = CHUNK.min(channels - first);
                for x in 0..width {
                    let places = pixels[x * depth + first..][..n].iter_mut();
                    for (channel, place) in places.enumerate() {
                        *place = image[((first + channel) * height + y) * width + x];
                    }
                }
            }
        }
    }
}
