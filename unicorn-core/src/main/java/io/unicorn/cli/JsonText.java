package io.unicorn.cli;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Writes records as JSON, as Actuator's endpoints do: an object with a field per
 * component. Other characters than those of ASCII are escaped, so that neither the
 * encoding of a terminal nor the terminal itself has to understand them.
 */
final class JsonText {

	private JsonText() {
	}

	static String of(Record value) {
		return json(value);
	}

	private static String json(@Nullable Object value) {
		if (value instanceof Record fields) {
			return object(fields);
		}
		if (value instanceof Map<?, ?> map) {
			StringJoiner entries = new StringJoiner(",", "{", "}");
			new TreeMap<>(map).forEach((key, entry) -> entries.add(quoted(String.valueOf(key)) + ":" + json(entry)));
			return entries.toString();
		}
		if (value instanceof Collection<?> collection) {
			StringJoiner elements = new StringJoiner(",", "[", "]");
			collection.forEach((element) -> elements.add(json(element)));
			return elements.toString();
		}
		boolean literal = value == null || value instanceof Number || value instanceof Boolean;
		return literal ? String.valueOf(value) : quoted(String.valueOf(value));
	}

	private static String object(Record fields) {
		StringJoiner object = new StringJoiner(",", "{", "}");
		for (RecordComponent component : fields.getClass().getRecordComponents()) {
			try {
				object.add(quoted(component.getName()) + ":" + json(component.getAccessor().invoke(fields)));
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException("cannot read " + component, ex);
			}
		}
		return object.toString();
	}

	private static String quoted(String text) {
		StringBuilder quoted = new StringBuilder("\"");
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character == '"' || character == '\\') {
				quoted.append('\\').append(character);
			}
			else if (character < ' ' || character > '~') {
				quoted.append("\\u%04x".formatted((int) character));
			}
			else {
				quoted.append(character);
			}
		}
		return quoted.append('"').toString();
	}

}
