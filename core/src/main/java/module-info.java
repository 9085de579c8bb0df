/**
 * The contracts {@link dev.dualprocess.Generator}, {@link dev.dualprocess.Verifier}, {@link
 * dev.dualprocess.Prompt} and {@link dev.dualprocess.lora.Lora}, the distillation engine, and all
 * that models share. Native libraries are modules of their own, which the program adds ({@link
 * dev.dualprocess.tensor.Natives}).
 */
open module dev.dualprocess.core {
  requires transitive java.desktop;
  requires transitive org.bytedeco.javacpp;
  requires transitive org.bytedeco.pytorch;
  requires transitive com.fasterxml.jackson.databind;
  requires transitive com.google.common;
  requires static transitive org.jspecify;
  requires ai.djl.api;
  requires ai.djl.tokenizers;
  requires com.fasterxml.jackson.dataformat.csv;
  requires com.google.gson; // the tokenizers' reader; it is not a module that could say so
  requires com.samskivert.jmustache;
  requires com.sun.jna;
  requires java.management;
  requires java.net.http;
  requires jdk.management;
  requires org.bytedeco.openblas;
  requires org.slf4j;
  requires static com.twelvemonkeys.imageio.webp;
  requires static org.bytedeco.cuda;

  exports dev.dualprocess;
  exports dev.dualprocess.audit;
  exports dev.dualprocess.augment;
  exports dev.dualprocess.card;
  exports dev.dualprocess.config;
  exports dev.dualprocess.distill;
  exports dev.dualprocess.evaluate;
  exports dev.dualprocess.flow;
  exports dev.dualprocess.hub;
  exports dev.dualprocess.image;
  exports dev.dualprocess.language;
  exports dev.dualprocess.lora;
  exports dev.dualprocess.lora.format;
  exports dev.dualprocess.models;
  exports dev.dualprocess.nn;
  exports dev.dualprocess.overlay;
  exports dev.dualprocess.parallel;
  exports dev.dualprocess.probe;
  exports dev.dualprocess.profile;
  exports dev.dualprocess.recompute;
  exports dev.dualprocess.run;
  exports dev.dualprocess.spi;
  exports dev.dualprocess.tensor;
  exports dev.dualprocess.text;
  exports dev.dualprocess.text.cache;
  exports dev.dualprocess.text.json;
  exports dev.dualprocess.vqa;
  exports dev.dualprocess.weights;

  uses dev.dualprocess.spi.BundledFolders;
  uses dev.dualprocess.spi.GeneratorProvider;
  uses dev.dualprocess.spi.VerifierProvider;
}
