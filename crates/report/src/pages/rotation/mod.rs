//! The rotation of a scatter plot in three dimensions, by dragging and with the arrow keys.

use super::page::Widget;

/// Draws the points anew on the page. Without scripts and in print the picture itself is shown.
pub const ROTATION: Widget = Widget {
    scripts: &[include_str!("box.js"), include_str!("rotation.js")],
    style: include_str!("rotation.css"),
};
