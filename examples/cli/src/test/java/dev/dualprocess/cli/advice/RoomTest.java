package dev.dualprocess.cli.advice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.FreeMemory;
import dev.dualprocess.tensor.Placement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomTest {
  private static final long GIB = 1 << 30;

  @ParameterizedTest(name = "{0}, {1} GiB free beside {2} GiB of the host's")
  @CsvSource({
    "cpu,  8,  8, Sana_Sprint_0.6B, SmolVLM-500M, about 5.4 GiB, --size 512x512",
    "cpu, 12, 12, Sana_Sprint_1.6B, Qwen3-VL-2B, about 10.4 GiB, --size 512x512",
    "cpu, 16, 16, Sana_Sprint_1.6B, Qwen3-VL-4B, about 14.7 GiB, --size 512x512",
    "cpu, 24, 24, Sana_Sprint_1.6B, Qwen3-VL-8B, about 22.7 GiB, --size 512x512",
    "cuda:0,  8,  8, Sana_Sprint_0.6B, SmolVLM-500M, about 5.4 GiB, --text-device cpu",
    "cuda:0,  8, 24, FLUX.1-schnell, Qwen2.5-VL-3B, and 15.4 GiB of the host's, --offload",
    "cuda:0, 12, 12, Sana_1600M_512px, Qwen2.5-VL-3B, measured 9.0 GiB, --weights int8",
    "cuda:1, 16, 16, Sana_Sprint_1.6B, Qwen3-VL-4B, about 14.7 GiB, --device cuda:1 --dtype bf16",
    "cuda:0, 24, 24, FLUX.1-schnell, Qwen2.5-VL-3B, about 20.1 GiB, --weights int8",
  })
  void theBestThatHasRoomIsAdvised(
      String device,
      long gib,
      long hostGib,
      String generator,
      String verifier,
      String memory,
      String options) {
    List<String> lines = new Room(device, gib * GIB, hostGib * GIB).advice();
    assertEquals(2, lines.size());
    String told = lines.get(0);
    assertTrue(told.startsWith("%s, %d.0 GiB free: ".formatted(device, gib)), told);
    assertTrue(told.contains(generator) && told.contains(verifier) && told.contains(memory), told);
    assertTrue(lines.get(1).contains(options), lines.get(1));
  }

  @Test
  void whatTookMoreThanPredictedIsNotAdvisedForLess() {
    AdvisedPair pair = AdvisedPairs.best("cuda:0", 12 * GIB, 8 * GIB).orElseThrow();
    long measured = (long) pair.measured() << 20;
    assertTrue(pair.measured() > pair.predicted());
    assertEquals(pair, AdvisedPairs.best("cuda:0", measured, GIB).orElseThrow());
    assertFalse(pair.fits(measured - 1, GIB));
  }

  @Test
  void whereNothingFitsTheBundledModelsDo() {
    Room small = new Room("cpu", GIB, GIB);
    assertEquals(
        List.of(
            "cpu, 1.0 GiB free: no published pair; the bundled models do",
            "  --device cpu --generator tiny --verifier tiny"),
        small.advice());
    assertFalse(small.toMap().containsKey("generator"));
  }

  @Test
  void thisMachineHasOneAtLeast() {
    List<Room> rooms = Room.all();
    Room host = rooms.get(rooms.size() - 1);
    assertEquals("cpu", host.device());
    assertTrue(Math.abs(FreeMemory.bytes(Placement.CPU) - host.bytes()) < 2 * GIB);
  }
}
