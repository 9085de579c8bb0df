package dev.dualprocess.cli.advice;

import dev.dualprocess.tensor.MemorySize;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A published pair, the options of {@code distill} that it is opened with, in bf16 and with
 * recompute, and what a step then takes at its worst time.
 *
 * @param generator its hub id
 * @param verifier its hub id
 * @param side of the square image in pixels
 * @param form how the weights are kept
 * @param predicted MiB on the device where it draws: what {@code MemoryPlan} says of the real
 *     checkpoints, with weights that are mapped from files, without a text encoder that is, and
 *     {@link #PROCESS} more
 * @param host MiB in the host's memory, if that is another: by the same rule
 * @param measured MiB on the device with random weights; 0 where nobody has
 */
public record AdvisedPair(
    String generator, String verifier, int side, Form form, int predicted, int host, int measured) {
  /** MiB that Java, libtorch, and on a GPU recorded passes take beside the models. */
  public static final int PROCESS = 1024;

  /** How weights are kept. */
  public enum Form {
    /** As they are used. */
    STORED(""),
    /** In 8 bits. */
    INT8(" --weights int8"),
    /** In 8 bits in the host's memory. */
    OFFLOADED(" --weights int8 --offload");

    private final String options;

    Form(String options) {
      this.options = options;
    }
  }

  /** Nothing may be missing. */
  public AdvisedPair {
    Objects.requireNonNull(generator, "generator");
    Objects.requireNonNull(verifier, "verifier");
    Objects.requireNonNull(form, "form");
  }

  /** Whether it fits by what was predicted and by what was measured. */
  boolean fits(long deviceBytes, long hostBytes) {
    return bytes(Math.max(predicted, measured)) <= deviceBytes && bytes(host) <= hostBytes;
  }

  private static long bytes(int mib) {
    return (long) mib << 20;
  }

  /** As the command line takes them: {@code --dtype bf16 --recompute on --size 512x512}. */
  public String options() {
    return "--dtype bf16 --recompute on --size %dx%d%s%s"
        .formatted(side, side, form.options, host > 0 ? " --text-device cpu" : "");
  }

  /** What it takes, for people: {@code about 5.4 GiB, measured 5.7 GiB}. */
  public String memory() {
    StringBuilder memory = new StringBuilder("about " + new MemorySize(bytes(predicted)));
    if (measured > 0) {
      memory.append(", measured ").append(new MemorySize(bytes(measured)));
    }
    if (host > PROCESS) {
      memory.append(", and ").append(new MemorySize(bytes(host))).append(" of the host's");
    }
    return memory.toString();
  }

  /** For programs. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("generator", generator);
    map.put("verifier", verifier);
    map.put("options", options());
    map.put("predictedBytes", bytes(predicted));
    map.put("hostBytes", bytes(host));
    if (measured > 0) {
      map.put("measuredBytes", bytes(measured));
    }
    return map;
  }
}
