package dev.dualprocess.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;

/** How results are written as JSON: a number that is NaN or infinite, which JSON lacks, is null. */
public final class JsonOutput {
  private JsonOutput() {}

  /** A mapper that writes so. */
  public static ObjectMapper mapper() {
    NumberOrNull numbers = new NumberOrNull();
    SimpleModule module = new SimpleModule();
    module.addSerializer(Double.class, numbers);
    module.addSerializer(Double.TYPE, numbers);
    return new ObjectMapper().registerModule(module);
  }

  private static final class NumberOrNull extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }
}
