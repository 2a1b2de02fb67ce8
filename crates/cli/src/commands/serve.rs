//! `emberlab serve`.

use crate::error::{Error, SystemError, UsageError};
use crate::output::print;
use clap::Args;
use emberlab_config::DeviceConfig;
use emberlab_training::devices::{self, DeviceError};
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

pub fn run(arguments: &ServeArgs) -> Result<(), Error> {
    if !devices::CAN_SERVE {
        return Err(Error::from(DeviceError::CannotServe));
    }
    if !arguments.expose {
        return Err(UsageError::NotExposed.into());
    }
    let port = arguments.port;
    drop(TcpListener::bind(("0.0.0.0", port)).map_err(|reason| SystemError::Port { port, reason })?);
    let device = devices::device(&DeviceConfig { index: arguments.index, ..DeviceConfig::default() })?;
    print::text(&format!(
        "backend {}, {device:?}, port {port} of every network interface; Ctrl-C ends it\n",
        devices::NAME
    ))?;
    Ok(devices::serve(device, port)?)
}
