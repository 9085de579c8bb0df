package dev.dualprocess.weights;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bytes that a folder's weights take once they are opened, told from the headers of its files.
 *
 * @param taken where the model is placed
 * @param mapped views of the files: the system may let go of them and read them again
 * @param host in the host's memory for a model on a GPU
 * @param block of the largest block, made whole while it runs; 0 where weights are whole anyway
 * @param edges inputs and outputs of all matrices together: a LoRA of rank r has r times as many
 *     values at most
 */
public record WeightMemory(long taken, long mapped, long host, long block, long edges) {
  private static final Pattern TABLE =
      Pattern.compile("(.*\\.)?(embed_tokens|shared|(token|position)_embedding)\\.weight");
  private static final Pattern BLOCK = Pattern.compile("(.*?\\.\\d+)\\..*");

  /**
   * Of the checkpoint in {@code folder}.
   *
   * @throws IOException in one line, if it is missing or broken
   */
  public static WeightMemory of(Path folder, Placement placement, WeightSource source)
      throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(folder, placement.dtype())) {
      Sum sum = new Sum(placement, source);
      checkpoint.weights().values().forEach(sum::add);
      return sum.total();
    }
  }

  private static final class Sum {
    private final Placement placement;
    private final WeightSource source;
    private final boolean onCpu;
    private final Map<String, Long> blocks = new TreeMap<>();
    private long taken;
    private long mapped;
    private long host;
    private long edges;

    Sum(Placement placement, WeightSource source) {
      this.placement = placement;
      this.source = source;
      this.onCpu = placement.device().equals(Placement.CPU.device());
    }

    void add(TensorEntry entry) {
      Dtype used = entry.dtype().isFloatingPoint() ? placement.dtype() : entry.dtype();
      long values = entry.shape().stream().reduce(1L, (a, b) -> a * b);
      long whole = values * used.bytes();
      boolean matrix = entry.shape().size() > 1 && !TABLE.matcher(entry.name()).matches();
      edges +=
          matrix && entry.shape().size() == 2 ? entry.shape().get(0) + entry.shape().get(1) : 0;
      if (matrix && source.blockByBlock()) {
        Matcher block = BLOCK.matcher(entry.name());
        blocks.merge(block.matches() ? block.group(1) : entry.name(), whole, Long::sum);
      }
      if (matrix && source.eightBits()) {
        keep(values + entry.shape().get(0) * used.bytes());
      } else if (matrix && source.onHost()) {
        if (onCpu && !entry.dtype().isFloat8()) {
          mapped += values * entry.dtype().bytes();
        } else {
          keep(whole);
        }
      } else if (onCpu && used == entry.dtype()) {
        mapped += whole;
      } else {
        taken += whole;
      }
    }

    private void keep(long bytes) {
      if (source.onHost() && !onCpu) {
        host += bytes;
      } else {
        taken += bytes;
      }
    }

    WeightMemory total() {
      long block = blocks.values().stream().mapToLong(Long::longValue).max().orElse(0);
      return new WeightMemory(taken, mapped, host, block, edges);
    }
  }
}
