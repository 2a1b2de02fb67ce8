//! A picture with title and caption, for a folder and for a page.

use super::page::data_uri;
use crate::error::Error;
use crate::plots::{Picture, Scale, png, svg};
use emberlab_run::atomic;
use maud::{Markup, PreEscaped, html};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// How a page shows a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lines and text; a dark page inverts the colours.
    Chart,
    /// Photographs and weights; the colours stay.
    Image,
}

/// One picture of a figure.
#[derive(Clone, Debug)]
pub struct View {
    /// The file name without extension.
    pub file: String,
    /// The scale of its values.
    pub scale: Scale,
    /// As an SVG.
    pub svg: String,
    /// As a PNG.
    pub png: Vec<u8>,
    /// The values that the page shows at the pointer.
    pub pointed: Option<Value>,
}

/// A picture, in one or several views.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The title.
    pub title: String,
    /// The caption, which says how to read it.
    pub caption: String,
    /// How a page shows it.
    pub kind: Kind,
    /// Its views, at least one.
    pub views: Vec<View>,
}

impl View {
    /// Draws a picture as the files `NAME.svg` and `NAME.png`.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when it cannot be drawn.
    pub fn draw(file: &str, picture: &impl Picture) -> Result<Self, Error> {
        let svg = String::from_utf8_lossy(&svg(picture)?).into_owned();
        Ok(Self { file: file.to_owned(), scale: Scale::Linear, svg, png: png(picture)?, pointed: None })
    }
}

impl Figure {
    /// A figure of one view.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when it cannot be drawn.
    pub fn new(
        file: &str,
        title: &str,
        caption: &str,
        kind: Kind,
        picture: &impl Picture,
    ) -> Result<Self, Error> {
        let views = vec![View::draw(file, picture)?];
        Ok(Self { title: title.to_owned(), caption: caption.to_owned(), kind, views })
    }

    /// Writes every view as SVG and as PNG into a folder, and returns the paths of the SVGs.
    ///
    /// # Errors
    ///
    /// [`Error::Run`] when a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        let mut paths = Vec::new();
        for view in &self.views {
            let path = folder.join(format!("{}.svg", view.file));
            atomic::write(&path, view.svg.as_bytes())?;
            atomic::write(&path.with_extension("png"), &view.png)?;
            paths.push(path);
        }
        Ok(paths)
    }

    /// The HTML of the figure. Charts are inline SVGs that show values at the pointer; images are PNGs.
    pub fn html(&self) -> Markup {
        let switches = self.views.len() > 1;
        html! {
            figure class=(if self.kind == Kind::Chart { "chart" } else { "image" }) {
                @if switches {
                    div class="switch" role="group" aria-label="axis" {
                        @for (index, view) in self.views.iter().enumerate() {
                            button type="button" aria-pressed=(index == 0) {
                                @if view.scale == Scale::Log { "logarithmic" } @else { "linear" }
                            }
                        }
                    }
                }
                @for (index, view) in self.views.iter().enumerate() {
                    div class="view" hidden[index > 0] { (self.view(view)) }
                }
                figcaption { (self.caption) }
            }
        }
    }

    fn view(&self, view: &View) -> Markup {
        match (&view.pointed, self.kind) {
            (Some(pointed), _) => html! {
                div class="picture pointed" tabindex="0" role="img"
                    aria-label={ (self.title) ". The left and right arrow keys show the values." } {
                    (PreEscaped(&view.svg))
                    script type="application/json" { (PreEscaped(in_script(pointed))) }
                }
                div class="values" aria-live="polite" {}
            },
            (None, Kind::Chart) => html! {
                div class="picture" role="img" aria-label=(self.title) { (PreEscaped(&view.svg)) }
            },
            (None, Kind::Image) => html! {
                div class="picture" { img src=(data_uri(&view.png)) alt=(self.title) loading="eager"; }
            },
        }
    }
}

/// JSON without `<`, which could close the `script` element.
fn in_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}
