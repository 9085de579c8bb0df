package dev.dualprocess.qwen3vl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.qwen.QwenFamily;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.Parity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/** Qwen3-VL, whose golden data is a folder of its own. */
final class Qwen3Family implements QwenFamily<Qwen3Vl> {
  @Override
  public String name() {
    return "qwen3vl";
  }

  @Override
  public Qwen3Vl read(Path folder) throws IOException {
    return Qwen3Vl.read(folder);
  }

  /** A file of that folder, without its ending. */
  static String file(String name) {
    return "qwen3vl/" + name;
  }

  /**
   * Asserts that patches are those of {@code PREFIX.pixel_values_every_Nth}: columns 0, N, 2 N, ..
   */
  static void assertPatches(Golden golden, String prefix, Tensor patches, double tolerance) {
    String name =
        golden.names(prefix).stream()
            .filter(some -> some.startsWith(".pixel_values_every_"))
            .findFirst()
            .orElseThrow();
    int step = Integer.parseInt(name.replaceAll("\\D", ""));
    long[] columns =
        LongStream.range(0, patches.size(1)).filter(column -> column % step == 0).toArray();
    golden.assertClose(
        prefix + name,
        patches.index_select(1, Parity.placement().place(Ops.longs(columns, columns.length))),
        tolerance);
  }

  @Override
  public JsonNode json() {
    return Fixtures.json(file(name()) + ".json");
  }

  @Override
  public Golden golden() {
    return Fixtures.golden(file(name()));
  }
}
