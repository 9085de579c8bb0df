package dev.dualprocess.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.google.common.base.Strings;
import com.google.common.base.Throwables;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with a JSON file, in words for people who do not know how it is read. */
public final class JsonProblem {
  private static final int LONGEST = 60; // of a value that is shown

  private JsonProblem() {}

  /** Of text that is not JSON: what, and where. */
  public static String ofText(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String where =
        at == null ? "" : ", line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    return (e instanceof JsonEOFException ? "it ends too early" : plain(e.getOriginalMessage()))
        + where;
  }

  /** Without what follows the first reason, which tells of the reader's own settings. */
  private static String plain(@Nullable String told) {
    if (firstLine(told).startsWith("Trailing token")) {
      return "something stands behind its end";
    }
    return firstLine(told)
        .replaceFirst("(:|,) (was )?expect(ing|ed).*", "")
        .replaceFirst(", from `[^`]*`", "")
        .replaceFirst(" \\(?(start marker|\\[Source).*", "")
        .replace('`', '\'');
  }

  private static String firstLine(@Nullable String told) {
    return Strings.nullToEmpty(told).lines().findFirst().orElse("");
  }

  /** Of an object whose fields do not make a record. */
  public static String ofFields(JsonNode node, Exception e) {
    List<Throwable> chain = Throwables.getCausalChain(e);
    for (Throwable cause : chain) {
      if (cause.getClass() == IllegalArgumentException.class) {
        return firstLine(cause.getMessage());
      }
    }
    if (e instanceof JsonMappingException mapping
        && !(e instanceof ValueInstantiationException)
        && !mapping.getPath().isEmpty()) {
      return ofField(node, mapping);
    }
    return chain.get(chain.size() - 1) instanceof NullPointerException
        ? "a field that is needed is missing or null"
        : "its fields do not fit each other";
  }

  private static String ofField(JsonNode node, JsonMappingException e) {
    JsonNode found = node;
    StringBuilder name = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        found = found.path(step.getIndex());
        name.append('[').append(step.getIndex()).append(']');
      } else {
        found = found.path(step.getFieldName());
        name.append(name.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return found.isMissingNode()
        ? name + " is missing"
        : "%s must be %s, not %s".formatted(name, wanted(target(e), found), shown(found));
  }

  private static @Nullable Class<?> target(JsonMappingException e) {
    if (e instanceof MismatchedInputException mismatch) {
      return mismatch.getTargetType();
    }
    return e.getCause() instanceof InputCoercionException coercion
        ? coercion.getTargetType()
        : null;
  }

  private static String wanted(@Nullable Class<?> type, JsonNode found) {
    if (type == null) {
      return "something else";
    }
    if (List.of(int.class, Integer.class, long.class, Long.class).contains(type)) {
      return found.isNumber() ? "a smaller whole number" : "a whole number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == String.class) {
      return "a text";
    }
    if (List.of(double.class, Double.class).contains(type)) {
      return "a number";
    }
    return Iterable.class.isAssignableFrom(type) ? "a list" : "an object";
  }

  private static String shown(JsonNode value) {
    return OneLine.shortened(value.toString(), LONGEST);
  }
}
