//! The canvas of pictures: text, colours, and the output as PNG or SVG.

use crate::error::{Error, PictureProblem};
use emberlab_data::text::on_one_line;
use image::{ImageFormat, RgbImage};
use plotters::coord::Shift;
use plotters::prelude::{
    BitMapBackend, DrawingArea, IntoDrawingArea, IntoFont, RGBColor, SVGBackend, Text, TextStyle, WHITE,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};
use plotters_backend::DrawingBackend;
use std::fmt::Display;
use std::io::Cursor;

/// The area that a picture is drawn on.
pub type Canvas<DB> = DrawingArea<DB, Shift>;

/// The name of the font.
pub const FONT: &str = "sans-serif";

/// The colours of M. Okabe and K. Ito ("Color Universal Design", 2008), which colour-blind people can tell apart, without
/// yellow, which is hard to see on white, and with two greys.
const COLOURS: [RGBColor; 9] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    RGBColor(0, 0, 0),
    RGBColor(120, 120, 120),
    RGBColor(170, 170, 170),
];

/// The colour of a class. Classes beyond the ninth reuse colours.
pub fn class_colour(class: usize) -> RGBColor {
    COLOURS[class % COLOURS.len()]
}

/// A picture that can be drawn on a canvas.
pub trait Picture {
    /// Width and height in pixels.
    fn size(&self) -> (u32, u32);

    /// Draws it on a white canvas of that size.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when it cannot be drawn.
    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error>;
}

/// A picture as a PNG.
///
/// # Errors
///
/// [`Error::Picture`] when it cannot be drawn or encoded.
pub fn png(picture: &impl Picture) -> Result<Vec<u8>, Error> {
    let (width, height) = picture.size();
    let mut pixels = vec![0; 3 * width as usize * height as usize];
    draw(picture, BitMapBackend::with_buffer(&mut pixels, (width, height)))?;
    let image = RgbImage::from_raw(width, height, pixels).ok_or(PictureProblem::ImageSize)?;
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// A picture as an SVG, which the viewer renders with its own font.
///
/// # Errors
///
/// [`Error::Picture`] when it cannot be drawn.
pub fn svg(picture: &impl Picture) -> Result<Vec<u8>, Error> {
    let mut text = String::new();
    draw(picture, SVGBackend::with_string(&mut text, picture.size()))?;
    // plotters names no valid type of its images, which viewers need not guess.
    Ok(text.replace("href=\"data:png;base64,", "href=\"data:image/png;base64,").into_bytes())
}

fn draw<DB: DrawingBackend>(picture: &impl Picture, backend: DB) -> Result<(), Error> {
    load_font()?;
    let canvas = backend.into_drawing_area();
    canvas.fill(&WHITE).map_err(failed)?;
    picture.draw(&canvas)?;
    canvas.present().map_err(failed)
}

/// Registers [`FONT`] with plotters.
fn load_font() -> Result<(), Error> {
    register_font(FONT, FontStyle::Normal, dejavu::sans::regular()).map_err(|_| PictureProblem::Font.into())
}

/// The style of left-aligned, vertically centred text of `size` pixels.
pub fn text_style<'a>(size: i32) -> TextStyle<'a> {
    TextStyle::from((FONT, size).into_font()).pos(Pos::new(HPos::Left, VPos::Center))
}

/// Writes text of `size` pixels that begins at `left` and is centred vertically at `y`.
///
/// # Errors
///
/// [`Error::Picture`] when it cannot be drawn.
pub fn write<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    text: &str,
    (left, y): (i32, i32),
    size: i32,
) -> Result<(), Error> {
    canvas.draw(&Text::new(on_one_line(text).into_owned(), (left, y), text_style(size))).map_err(failed)
}

/// The width of the longest of some texts in pixels, at a font size of `size` pixels.
///
/// # Errors
///
/// [`Error::Picture`] when the font cannot be read.
pub fn longest(texts: &[String], size: i32) -> Result<u32, Error> {
    load_font()?;
    texts.iter().try_fold(0, |longest, text| Ok(longest.max(text_width(&on_one_line(text), size)?)))
}

/// The width of a text in pixels, at a font size of `size` pixels.
///
/// # Errors
///
/// [`Error::Picture`] when the font cannot be read.
pub fn text_width(text: &str, size: i32) -> Result<u32, Error> {
    load_font()?;
    let (width, _) = (FONT, size).into_font().box_size(text).map_err(failed)?;
    Ok(width)
}

/// Cuts a text to at most `width` pixels and marks a cut with `…`.
///
/// # Errors
///
/// [`Error::Picture`] when the font cannot be read.
pub fn fitted(text: &str, size: i32, width: u32) -> Result<String, Error> {
    load_font()?;
    let text = on_one_line(text);
    // More characters than pixels never fit, and are slow to measure.
    let text: String = text.chars().take(width as usize + 1).collect();
    if text_width(&text, size)? <= width {
        return Ok(text);
    }
    let letters: Vec<char> = text.chars().collect();
    let shortened = |kept: usize| letters[..kept].iter().collect::<String>().trim_end().to_owned() + "…";
    let (mut fits, mut too_wide) = (0, letters.len());
    while too_wide - fits > 1 {
        let middle = (fits + too_wide) / 2;
        if text_width(&shortened(middle), size)? <= width { fits = middle } else { too_wide = middle }
    }
    Ok(if fits > 0 { shortened(fits) } else { String::new() })
}

/// An error of the drawing library, whose type depends on the output format.
pub fn failed(error: impl Display) -> Error {
    PictureProblem::Drawing(error.to_string()).into()
}
