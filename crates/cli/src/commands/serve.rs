//! `emberlab serve`.

use crate::error::Error;
use crate::output::print;
use clap::Args;
use emberlab_config::DeviceConfig;
use emberlab_training::devices;
use std::net::TcpListener;

#[derive(Args, Debug)]
pub struct ServeArgs {
    /// The port to listen on
    #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// The GPU to compute on
    #[arg(long, default_value_t = 0)]
    index: usize,
    /// Confirm that every machine that can reach this one may use it
    #[arg(long)]
    expose: bool,
}

/// The error without `--expose`.
const EXPOSED: &str = "Burn's server listens on every network interface of this machine without a password: anyone who can \
                       reach the port can compute here, fill the memory, and read the data of others. If only machines that you \
                       trust can reach it, start it with `--expose`. To use it from elsewhere, keep the port closed in the firewall and \
                       open a tunnel: `ssh -L 3000:localhost:3000 THIS_MACHINE`, then train there with `--remote ws://localhost:3000`";

pub fn run(arguments: &ServeArgs) -> Result<(), Error> {
    if !arguments.expose {
        return Err(Error::Usage(EXPOSED.into()));
    }
    let port = arguments.port;
    let taken = |error| Error::Device(format!("cannot listen on port {port}: {error}"));
    drop(TcpListener::bind(("0.0.0.0", port)).map_err(taken)?);
    let device = devices::device(&DeviceConfig { index: arguments.index, ..DeviceConfig::default() })?;
    print::text(&format!(
        "backend {}, {device:?}, port {port} of every network interface; Ctrl-C ends it\n",
        devices::NAME
    ))?;
    Ok(devices::serve(device, port)?)
}
