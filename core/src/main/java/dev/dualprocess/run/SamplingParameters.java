package dev.dualprocess.run;

import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import java.util.LinkedHashMap;
import java.util.Map;

/** How an image was sampled, as the parameters inside its file say it. */
public final class SamplingParameters {
  private SamplingParameters() {}

  /** Of that generator and sampling. */
  public static Map<String, Object> of(Generator generator, Sampling sampling) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("generator", generator.name());
    parameters.put("size", sampling.size().toString());
    parameters.put("inferenceSteps", sampling.numInferenceSteps());
    parameters.put("guidance", sampling.guidanceScale());
    parameters.put("shift", sampling.shift());
    return parameters;
  }
}
