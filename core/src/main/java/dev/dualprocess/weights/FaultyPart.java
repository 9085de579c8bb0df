package dev.dualprocess.weights;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.NotFiniteException;
import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The part of a model in which numbers that are not finite arose, although what it was given is.
 * The weights of its folder are looked at when the fault is told, and not before.
 *
 * @param name for people, as {@code the transformer, in step 2 of 4}
 * @param folder that its weights were read from; empty where that is not known
 * @param dtype that it computes in
 * @param suspicion of something else than its weights, such as a LoRA
 */
public record FaultyPart(
    String name, Optional<Path> folder, Dtype dtype, Optional<String> suspicion) {
  /** A part whose weights alone may be to blame. */
  public static FaultyPart of(String name, Path folder, Dtype dtype) {
    return new FaultyPart(name, Optional.of(folder), dtype, Optional.empty());
  }

  /** That {@code what} is not finite, and why. */
  public NotFiniteException exception(String what) {
    return new NotFiniteException(what + " is not finite (NaN or infinite numbers): " + told());
  }

  /** Where the numbers arose and what to do, as the end of a sentence. */
  public String told() {
    return "they arise in " + name + damaged().orElseGet(this::overflow);
  }

  private String overflow() {
    if (suspicion.isPresent()) {
      return suspected();
    }
    if (dtype == Dtype.FLOAT16) {
      return "; its weights are finite: fp16 may be too narrow, use bf16 or fp32";
    }
    return folder.isEmpty() ? "" : "; its weights are finite, but some may be far too large";
  }

  private String suspected() {
    return suspicion.map(other -> ": " + other).orElse("");
  }

  /** The first stored tensor that is not finite, or what is to be said if none can be read. */
  private Optional<String> damaged() {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder.get(), dtype)) {
      return checkpoint.weights().values().stream()
          .filter(entry -> !isFinite(checkpoint, entry))
          .findFirst()
          .map(
              entry ->
                  ", whose weight '%s' is not finite; get %s again"
                      .formatted(entry.name(), checkpoint.fileOf(entry.name())));
    } catch (IOException e) {
      return Optional.of(suspected()); // of random weights, or taken away meanwhile
    }
  }

  private static boolean isFinite(Checkpoint checkpoint, TensorEntry entry) {
    return !entry.dtype().isFloatingPoint()
        || Memory.freeing(
            () -> Finite.all(Ops.toFloat(checkpoint.values(StoredSlice.whole(entry)))));
  }
}
