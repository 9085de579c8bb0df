package dev.dualprocess.qwen3vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.PatchRope;
import dev.dualprocess.qwen.RopeParameters;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where patches and tokens stand: the same numbers as the original, piece by piece. */
class PositionsTest {
  private static final String NAME = Qwen3Family.file("positions");
  private static final double WEIGHTS = 1e-6;

  private final Qwen3Vl architecture = new Qwen3Family().architecture();
  private final VisionConfig vision = architecture.config().vision();
  private final JsonNode json = Fixtures.json(NAME + ".json");
  private Golden golden;
  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    golden = Fixtures.golden(NAME);
  }

  @AfterEach
  void close() {
    golden.close();
    scope.close();
  }

  private Grid grid(JsonNode c) {
    long[] sides = Fixtures.longs(c.get("grid_thw"));
    return new Grid((int) sides[1], (int) sides[2], vision.spatialMergeSize());
  }

  @Test
  void cornersAndTheirWeightsAreTheSame() {
    for (JsonNode c : json.get("cases")) {
      String key = c.get("key").asText();
      Grid grid = grid(c);
      Corners corners = Corners.of(grid, c.get("table_side").asInt());
      long[] indices =
          IntStream.range(0, Corners.COUNT)
              .boxed()
              .flatMapToLong(corner -> LongStream.of(corners.indices(corner)))
              .toArray();
      golden.assertSame(key + ".indices", Ops.longs(indices, indices.length));
      Tensor[] weights =
          IntStream.range(0, Corners.COUNT)
              .mapToObj(corner -> Ops.floats(corners.weights(corner), 1, grid.patches()))
              .toArray(Tensor[]::new);
      Tensor wanted = golden.tensor(key + ".weights");
      assertTrue(Golden.largestDifference(wanted, Ops.cat(0, weights)) <= WEIGHTS, key);
    }
  }

  @Test
  void patchesStandSquareBySquare() {
    int square = Math.toIntExact(vision.patches().merged());
    for (JsonNode c : json.get("cases")) {
      Grid grid = grid(c);
      long[] found =
          IntStream.range(0, grid.patches())
              .flatMap(
                  i ->
                      IntStream.of(
                          grid.row(i / square, i % square), grid.column(i / square, i % square)))
              .asLongStream()
              .toArray();
      golden.assertSame(c.get("key").asText() + ".rope_row_col", Ops.longs(found, found.length));
    }
  }

  @Test
  void learnedPositionsAreTheSame() throws IOException {
    int compared = 0;
    try (TensorOwner owner = new TensorOwner();
        Checkpoint checkpoint = Checkpoint.open(new Qwen3Family().checkpoint())) {
      Weights weights = Weights.of(checkpoint, Placement.CPU, owner);
      PositionTable table =
          PositionTable.load(weights.in("model").in("visual").in("pos_embed"), vision);
      for (JsonNode c : json.get("cases")) {
        String name = c.get("key").asText() + ".pos_embeds";
        if (golden.has(name)) {
          assertEquals(c.get("table_side").asInt(), table.side());
          golden.assertClose(name, table.of(grid(c)), WEIGHTS);
          compared++;
        }
      }
    }
    assertTrue(compared > 0, "no golden positions");
  }

  /** The places are told from the first angles, whose frequency is 1. */
  @Test
  void patchesTurnWithRowAndColumn() {
    Tensor wanted = golden.tensor("vision_rope.angles");
    int half = Math.toIntExact(wanted.size(1));
    float[] values = Ops.toFloats(wanted);
    int merge = vision.spatialMergeSize();
    int rows = Math.toIntExact(wanted.size(0));
    int tokens = 1;
    for (float value : values) {
      tokens = Math.max(tokens, (int) value / merge + 1);
    }
    Grid grid = new Grid(tokens * merge, tokens * merge, merge);
    float[] angles =
        Ops.toFloats(
            PatchRope.angles(LongStream.range(0, grid.tokens()).toArray(), grid, vision.headDim()));
    for (int i = 0; i < rows; i++) {
      int row = (int) values[i * half];
      int column = (int) values[i * half + half / 2];
      int patch = patchAt(grid, row, column);
      float[] found = Arrays.copyOfRange(angles, patch * half, (patch + 1) * half);
      assertArrayEquals(Arrays.copyOfRange(values, i * half, (i + 1) * half), found, 1e-6f);
    }
  }

  private static int patchAt(Grid grid, int row, int column) {
    int square = grid.merge() * grid.merge();
    return IntStream.range(0, grid.patches())
        .filter(
            i ->
                grid.row(i / square, i % square) == row
                    && grid.column(i / square, i % square) == column)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void tokensTurnWithThreePositionsInTurn() {
    Tensor ids = golden.tensor("mrope.position_ids"); // [3, 1, tokens]
    long[] at = Ops.toLongs(ids);
    int tokens = Math.toIntExact(ids.size(-1));
    RotaryEmbedding rope =
        architecture
            .rotation()
            .rope((axis, i) -> Math.toIntExact(at[axis * tokens + i]), 0, tokens, Placement.CPU);
    golden.assertClose("mrope.cos", rope.cos().unsqueeze(0), WEIGHTS);
    long half = rope.sin().size(1) / 2;
    Tensor sin = rope.sin().narrow(1, half, half); // the first half has the other sign
    golden.assertClose("mrope.sin", Ops.cat(1, sin, sin).unsqueeze(0), WEIGHTS);
    golden.assertClose(
        "mrope.inv_freq",
        RotaryEmbedding.inverseFrequencies(
            architecture.text().headWidth(), architecture.text().ropeParameters().ropeTheta()),
        WEIGHTS);
  }

  @Test
  void axesAreTakenInTurn() {
    JsonNode axes = json.get("mrope_axis_per_frequency");
    Map<Boolean, List<String>> names =
        axes.properties().stream()
            .map(Map.Entry::getKey)
            .collect(Collectors.partitioningBy(name -> name.endsWith("_section")));
    assertEquals(names.get(true).size(), names.get(false).size());
    for (String name : names.get(false)) {
      List<Integer> section =
          Arrays.stream(Fixtures.longs(axes.get(name + "_section")))
              .mapToObj(Math::toIntExact)
              .toList();
      RopeParameters rope = new RopeParameters(1, section, "default");
      String wanted = axes.get(name).asText();
      String found =
          IntStream.range(0, wanted.length())
              .mapToObj(i -> "THW".substring(rope.axisInTurn(i), rope.axisInTurn(i) + 1))
              .collect(Collectors.joining());
      assertEquals(wanted, found);
    }
  }
}
