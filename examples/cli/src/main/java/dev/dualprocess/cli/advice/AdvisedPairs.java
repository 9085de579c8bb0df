package dev.dualprocess.cli.advice;

import dev.dualprocess.cli.advice.AdvisedPair.Form;
import java.util.List;
import java.util.Optional;

/**
 * The table that {@code doctor} and docs/memory.md take their advice from, the better pair first. A
 * test computes what is predicted from the lists of the real checkpoints' tensors.
 */
public final class AdvisedPairs {
  private static final String FLUX = "black-forest-labs/FLUX.1-schnell";
  private static final String SANA = "Efficient-Large-Model/Sana_1600M_512px_diffusers";
  private static final String SPRINT = "Efficient-Large-Model/Sana_Sprint_1.6B_1024px_diffusers";
  private static final String SPRINT_SMALL =
      "Efficient-Large-Model/Sana_Sprint_0.6B_1024px_diffusers";
  private static final String QWEN25_3B = "Qwen/Qwen2.5-VL-3B-Instruct";
  private static final String QWEN3_8B = "Qwen/Qwen3-VL-8B-Instruct";
  private static final String QWEN3_4B = "Qwen/Qwen3-VL-4B-Instruct";
  private static final String QWEN3_2B = "Qwen/Qwen3-VL-2B-Instruct";
  private static final String SMOL_500M = "HuggingFaceTB/SmolVLM-500M-Instruct";
  private static final String SMOL_256M = "HuggingFaceTB/SmolVLM-256M-Instruct";

  private static final List<AdvisedPair> CPU =
      List.of(
          new AdvisedPair(SPRINT, QWEN3_8B, 512, Form.STORED, 23_292, 0, 0),
          new AdvisedPair(SPRINT, QWEN3_4B, 512, Form.STORED, 15_035, 0, 0),
          new AdvisedPair(SANA, QWEN25_3B, 512, Form.STORED, 13_741, 0, 13_783),
          new AdvisedPair(SPRINT, QWEN3_2B, 512, Form.STORED, 10_628, 0, 0),
          new AdvisedPair(SPRINT_SMALL, SMOL_500M, 512, Form.STORED, 5_536, 0, 4_964),
          new AdvisedPair(SPRINT_SMALL, SMOL_500M, 512, Form.INT8, 4_489, 0, 3_662),
          new AdvisedPair(SPRINT_SMALL, SMOL_256M, 256, Form.STORED, 3_799, 0, 4_462),
          new AdvisedPair(SPRINT_SMALL, SMOL_256M, 256, Form.INT8, 2_937, 0, 0));

  private static final List<AdvisedPair> GPU =
      List.of(
          new AdvisedPair(FLUX, QWEN25_3B, 512, Form.STORED, 34_456, 1_024, 0),
          new AdvisedPair(FLUX, QWEN25_3B, 512, Form.INT8, 20_590, 1_024, 19_655),
          new AdvisedPair(SPRINT, QWEN3_4B, 512, Form.STORED, 15_035, 1_024, 0),
          new AdvisedPair(SANA, QWEN25_3B, 512, Form.INT8, 9_053, 1_024, 9_184),
          new AdvisedPair(FLUX, QWEN25_3B, 512, Form.OFFLOADED, 5_881, 15_733, 4_394),
          new AdvisedPair(SPRINT_SMALL, SMOL_500M, 512, Form.STORED, 5_536, 1_024, 0),
          new AdvisedPair(SPRINT_SMALL, SMOL_500M, 512, Form.INT8, 4_489, 1_024, 0),
          new AdvisedPair(SPRINT_SMALL, SMOL_256M, 256, Form.STORED, 3_799, 1_024, 0));

  private AdvisedPairs() {}

  /** Those for a device, the better first. */
  static List<AdvisedPair> on(String device) {
    return device.startsWith("cuda") ? GPU : CPU;
  }

  /** The best that has room in that many free bytes; empty where none has. */
  public static Optional<AdvisedPair> best(String device, long deviceBytes, long hostBytes) {
    return on(device).stream().filter(pair -> pair.fits(deviceBytes, hostBytes)).findFirst();
  }
}
