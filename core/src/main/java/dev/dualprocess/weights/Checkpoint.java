package dev.dualprocess.weights;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.config.Warnings;
import dev.dualprocess.tensor.Dtype;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tensors of one model folder: a single safetensors file, or several with an index. Closing it
 * leaves tensors that were handed out valid.
 */
public final class Checkpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
  private static final Warnings WARNINGS = new Warnings(LOG);

  private final Path path;
  private final ImmutableMap<String, SafeTensorsFile> fileOf;
  private final ImmutableMap<String, TensorEntry> entries;
  private final Float8Scales scales;

  private Checkpoint(
      Path path, Map<String, SafeTensorsFile> fileOf, QuantizationConfig quantization) {
    this.path = path;
    this.fileOf = ImmutableMap.copyOf(fileOf);
    ImmutableMap.Builder<String, TensorEntry> all = ImmutableMap.builder();
    fileOf.forEach((name, file) -> all.put(name, file.entry(name)));
    this.entries = all.buildOrThrow();
    this.scales = Float8Scales.of(entries, quantization);
  }

  /** {@link #open(Path, Dtype)} for weights that are wanted in fp32. */
  public static Checkpoint open(Path folder) throws IOException {
    return open(folder, Dtype.FLOAT32);
  }

  /**
   * Opens {@code folder}'s {@code diffusion_pytorch_model} or {@code model} weights. Where both an
   * index and a single file are there, the one is read that diffusers, or transformers, reads; a
   * warning tells if they disagree. Where only variants such as {@code model.fp16.safetensors} are
   * there, the nearest to {@code wanted} is read, and a warning names it.
   *
   * @throws CheckpointException if there are none, they are quantized in a form that is not read,
   *     or a shard is missing, lies outside the folder, or lacks a tensor that the index promises
   */
  public static Checkpoint open(Path folder, Dtype wanted) throws IOException {
    Objects.requireNonNull(folder, "folder");
    Optional<StoredForm> nearest = StoredForm.nearest(folder, wanted);
    if (nearest.isEmpty()) {
      throw new CheckpointException(AbsentWeights.line(folder));
    }
    StoredForm form = nearest.get();
    QuantizationConfig quantization = QuantizationConfig.in(folder);
    Checkpoint read = open(folder, form.read(), quantization);
    read.requireReadable(quantization);
    if (!form.isPlain()) {
      WARNINGS.once(
          "%s: reading the %s variant, %s: there are no weights without a variant"
              .formatted(folder, form.variant(), form.read().getFileName()));
    }
    form.passedOver().ifPresent(other -> read.compare(form, folder, other));
    return read;
  }

  /** Opens a single safetensors file, whatever it is called. */
  public static Checkpoint openSingle(Path path) throws IOException {
    return openSingle(path, QuantizationConfig.NONE);
  }

  private static Checkpoint openSingle(Path path, QuantizationConfig quantization)
      throws IOException {
    SafeTensorsFile file = SafeTensorsFile.open(path);
    Map<String, SafeTensorsFile> fileOf = new LinkedHashMap<>();
    file.names().forEach(name -> fileOf.put(name, file));
    return new Checkpoint(path, fileOf, quantization);
  }

  private static Checkpoint open(Path folder, Path file, QuantizationConfig quantization)
      throws IOException {
    return file.toString().endsWith(".json")
        ? new Checkpoint(folder, Shards.open(folder, file), quantization)
        : openSingle(file, quantization);
  }

  private void requireReadable(QuantizationConfig config) throws CheckpointException {
    Optional<String> format = QuantizedFormat.of(entries);
    if (format.isPresent()) {
      throw new CheckpointException(
          QuantizedFormat.line(path, config.format().orElse(format.get())));
    }
  }

  private void compare(StoredForm form, Path folder, Path other) {
    try (Checkpoint twin = open(folder, other, QuantizationConfig.NONE)) {
      if (!Twins.agree(this, twin)) {
        WARNINGS.once(
            "%s: %s and %s hold different weights: reading %s, as %s does; delete the one that is old"
                .formatted(
                    folder,
                    form.read().getFileName(),
                    other.getFileName(),
                    form.read().getFileName(),
                    form.convention().library()));
      }
    } catch (IOException e) {
      LOG.debug("{}: not compared with what is read", other, e);
    }
  }

  /** The folder or file this was opened from. */
  public Path path() {
    return path;
  }

  /** Key to entry of all tensors. */
  public Map<String, TensorEntry> entries() {
    return entries;
  }

  /** The entry of one tensor. */
  TensorEntry entry(String name) {
    return Objects.requireNonNull(entries.get(name), name);
  }

  /** The file that holds a tensor. */
  Path fileOf(String name) {
    return Objects.requireNonNull(fileOf.get(name), name).path();
  }

  /** Key to entry of what a model has, without the scales of 8-bit floats. */
  Map<String, TensorEntry> weights() {
    ImmutableMap.Builder<String, TensorEntry> weights = ImmutableMap.builder();
    entries.forEach(
        (name, entry) -> {
          if (!scales.beside().contains(name)) {
            weights.put(name, entry);
          }
        });
    return weights.buildOrThrow();
  }

  /** One tensor, as {@link SafeTensorsFile#tensor}. */
  Tensor tensor(String name) {
    return Objects.requireNonNull(fileOf.get(name), name).tensor(name);
  }

  /** Whether a tensor's values are made of a stored one and its scale. */
  boolean isScaled(StoredSlice slice) {
    return scales.has(slice.entry().name());
  }

  /** What is wrong with a tensor's scale, if something is. */
  Optional<String> problem(StoredSlice slice) {
    String scale = scales.scaleOf().get(slice.entry().name());
    return scale == null ? Optional.empty() : scales.problem(slice.entry(), entry(scale));
  }

  /** The values of a slice as they are stored, or fp32 if they have a scale. */
  Tensor values(StoredSlice slice) {
    Tensor stored = tensor(slice.entry().name());
    String scale = scales.scaleOf().get(slice.entry().name());
    return scale == null ? slice.of(stored) : scales.scaled(slice, stored, tensor(scale));
  }

  @Override
  public void close() {
    fileOf.values().forEach(SafeTensorsFile::close);
  }
}
