package dev.dualprocess.cli.latents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class PriceTableTest {
  private static final long MIB = 1 << 20;

  @Test
  void comparesTheTwoColumns() {
    PriceTable table =
        new PriceTable(
            new Price(200 * MIB, 50, 50.25, 0.125, 0.5),
            new Price(210 * MIB, 60, 0.2, 0.125, 0.75));
    assertEquals(0.05, table.memoryOverhead(), 1e-12);
    assertEquals(251.25, table.inferenceRatio(), 1e-9);
    assertEquals(
        List.of(
            "                                  latents          weights  weights against latents",
            "peak memory, MiB                    200.0            210.0  +5.0 %",
            "optimisation, s                     50.00            60.00  x 1.20",
            "image of a new seed, s            50.2500           0.2000  251 times faster",
            "probability on the seed    0.125 -> 0.500   0.125 -> 0.750"),
        table.lines());
  }
}
