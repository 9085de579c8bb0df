package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.studio.StudioSettings;
import dev.dualprocess.studio.work.MemoryFit;
import dev.dualprocess.studio.work.MemoryFit.Verdict;
import dev.dualprocess.studio.work.Needs;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bundled models, judged on machines with more and with less memory. */
class MemoryFitTest {
  private static final long MIB = 1L << 20;
  private static final int RANK = 4;
  private static final Needs NOTHING = new Needs(Optional.empty(), List.of());
  private static final Needs TINY = Needs.both("tiny", List.of("tiny"));
  private static final Optional<ImageSize> SMALL = Optional.of(new ImageSize(64, 64));

  private static MemoryFit machine(Needs open, long free) {
    LoadOptions here = LoadOptions.at(Placement.CPU);
    StudioSettings settings =
        new StudioSettings(
            Path.of("runs"),
            "127.0.0.1",
            0,
            "tiny",
            List.of("tiny"),
            here,
            here,
            (id, generator) -> DistillSettings.paper(generator.defaultSampling()),
            List.of(),
            Optional.empty());
    return new MemoryFit(settings, () -> open, device -> free);
  }

  private static boolean fits(Needs open, long free) throws IOException {
    return machine(open, free).of(TINY, SMALL, RANK).fits();
  }

  /** The least that is enough, to a MiB. */
  private static long enough(Needs open) throws IOException {
    long less = 0;
    long free = 64 * MIB;
    while (free - less > MIB) {
      long middle = (less + free) / 2;
      if (fits(open, middle)) {
        free = middle;
      } else {
        less = middle;
      }
    }
    return free;
  }

  @Test
  void whatIsNeededIsToldWhereItFitsAndWhereNot() throws IOException {
    Verdict room = machine(NOTHING, 4096 * MIB).of(TINY, SMALL, RANK);
    assertTrue(room.fits());
    assertTrue(room.text().matches("fits this machine: needs about \\d+ MiB"), room.text());
    Verdict none = machine(NOTHING, MIB).of(TINY, SMALL, RANK);
    assertFalse(none.fits());
    assertTrue(none.text().matches("needs about \\d+ MiB on cpu .* free.*"), none.text());
    assertTrue(none.text().contains("what would") || none.text().contains("not even"), none.text());
  }

  @Test
  void modelsThatAreOpenMakeRoomForOthers() throws IOException {
    long closed = enough(NOTHING);
    long open = enough(TINY);
    assertTrue(open < closed, open + " of " + closed);
    assertTrue(open > 0, "a step needs more than the weights");
  }

  @Test
  void aPictureThatHasNoRoomIsRefusedInALine() {
    MemoryFit machine = machine(NOTHING, 1024 * MIB);
    assertDoesNotThrow(() -> machine.requireRoom("tiny", new ImageSize(64, 64)));
    String told =
        assertThrows(
                IOException.class, () -> machine.requireRoom("tiny", new ImageSize(16384, 8192)))
            .getMessage();
    assertTrue(told.startsWith("a picture of 8192x16384 needs about "), told);
    assertTrue(told.contains("are free") && !told.contains("\n"), told);
  }
}
