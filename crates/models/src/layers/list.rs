//! A list of layers as a module: the layers of a network, or of a layer that contains others.
//!
//! Burn's derive does not compile for a type that contains itself, because its records then require their own
//! serialisation. Here that requirement ends. A list is written like a `Vec`.

use super::AnyLayer;
use crate::description::LayerNames;
use burn::module::{
    AutodiffModule, Content, Devices, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper,
    ModuleVisitor,
};
use burn::record::{PrecisionSettings, Record};
use burn::tensor::backend::{AutodiffBackend, Backend};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Deref;

/// Layers, one after another.
#[derive(Clone, Debug)]
pub struct Layers<B: Backend> {
    layers: Vec<AnyLayer<B>>,
    names: LayerNames,
}

type LayerRecord<B> = <AnyLayer<B> as Module<B>>::Record;
type LayerItem<B, S> = <LayerRecord<B> as Record<B>>::Item<S>;

/// The record of [`Layers`].
pub struct LayersRecord<B: Backend>(Vec<LayerRecord<B>>);

/// A [`LayersRecord`] as it is written.
pub struct LayersItem<B: Backend, S: PrecisionSettings>(Vec<LayerItem<B, S>>);

impl<B: Backend> Layers<B> {
    /// Layers whose sizes fit each other, and how they are named.
    pub fn new(layers: Vec<AnyLayer<B>>, names: LayerNames) -> Self {
        Self { layers, names }
    }

    /// How the layers are named.
    pub fn names(&self) -> LayerNames {
        self.names
    }
}

impl<B: Backend> Deref for Layers<B> {
    type Target = [AnyLayer<B>];

    fn deref(&self) -> &[AnyLayer<B>] {
        &self.layers
    }
}

impl<B: Backend> Module<B> for Layers<B> {
    type Record = LayersRecord<B>;

    fn collect_devices(&self, devices: Devices<B>) -> Devices<B> {
        self.layers.collect_devices(devices)
    }

    fn fork(self, device: &B::Device) -> Self {
        Self { layers: self.layers.fork(device), ..self }
    }

    fn to_device(self, device: &B::Device) -> Self {
        Self { layers: self.layers.to_device(device), ..self }
    }

    fn visit<V: ModuleVisitor<B>>(&self, visitor: &mut V) {
        self.layers.visit(visitor);
    }

    fn map<M: ModuleMapper<B>>(self, mapper: &mut M) -> Self {
        Self { layers: self.layers.map(mapper), ..self }
    }

    fn load_record(self, record: Self::Record) -> Self {
        Self { layers: self.layers.load_record(record.0), ..self }
    }

    fn into_record(self) -> Self::Record {
        LayersRecord(self.layers.into_record())
    }
}

impl<B: AutodiffBackend> AutodiffModule<B> for Layers<B> {
    type InnerModule = Layers<B::InnerBackend>;

    fn valid(&self) -> Self::InnerModule {
        Layers { layers: self.layers.valid(), names: self.names }
    }

    fn from_inner(module: Self::InnerModule) -> Self {
        Self { layers: AutodiffModule::from_inner(module.layers), names: module.names }
    }
}

impl<B: Backend> ModuleDisplayDefault for Layers<B> {
    fn content(&self, content: Content) -> Option<Content> {
        self.layers.content(content)
    }
}

impl<B: Backend> ModuleDisplay for Layers<B> {}

impl<B: Backend> Record<B> for LayersRecord<B> {
    type Item<S: PrecisionSettings> = LayersItem<B, S>;

    fn into_item<S: PrecisionSettings>(self) -> Self::Item<S> {
        LayersItem(self.0.into_iter().map(Record::<B>::into_item).collect())
    }

    fn from_item<S: PrecisionSettings>(item: Self::Item<S>, device: &B::Device) -> Self {
        Self(item.0.into_iter().map(|item| Record::<B>::from_item(item, device)).collect())
    }
}

impl<B: Backend, S: PrecisionSettings> Clone for LayersItem<B, S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<B: Backend, S: PrecisionSettings> Serialize for LayersItem<B, S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, B: Backend, S: PrecisionSettings> Deserialize<'de> for LayersItem<B, S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self)
    }
}
