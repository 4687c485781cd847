package io.unicorn.boot.session;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;

import org.springframework.core.ConfigurableObjectInputStream;

/**
 * Writes attributes of sessions as bytes, by Java's serialization with the application's
 * class loader. Thread-safe.
 */
final class AttributeCodec {

	private final ClassLoader classLoader;

	AttributeCodec(ClassLoader classLoader) {
		this.classLoader = classLoader;
	}

	/**
	 * Return a value as bytes.
	 * @throws IOException if it cannot be serialized, for whatever reason
	 */
	byte[] encode(Object value) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(value);
		}
		catch (RuntimeException | LinkageError | StackOverflowError ex) {
			// From a method of the application, or from a very long list.
			throw new IOException(ex);
		}
		return bytes.toByteArray();
	}

	/**
	 * Return the value that was written.
	 * @throws IOException if it cannot be read, because its class is another one now, for
	 * example
	 */
	Object decode(byte[] bytes) throws IOException {
		try (ConfigurableObjectInputStream in = new ConfigurableObjectInputStream(new ByteArrayInputStream(bytes),
				this.classLoader)) {
			return in.readObject();
		}
		catch (ClassNotFoundException | RuntimeException | LinkageError | StackOverflowError ex) {
			throw new IOException(ex);
		}
	}

	/**
	 * Return whether a value that was read from these bytes was changed since. Some
	 * values, such as a {@code HashMap}, are written in another way after they were read
	 * than before, so different bytes alone do not tell.
	 * @param now the value as bytes
	 */
	boolean isChanged(byte[] before, byte[] now) throws IOException {
		return !Arrays.equals(before, now) && !Arrays.equals(encode(decode(before)), now);
	}

	/** Return whether a value can be changed only by setting another one. */
	static boolean isImmutable(Object value) {
		return value instanceof String || value instanceof Boolean || value instanceof Character
				|| value instanceof Enum || value instanceof UUID || value instanceof Locale || value instanceof URI
				|| isImmutable(value.getClass());
	}

	/** An {@code AtomicInteger} is a number, and is not in either of these packages. */
	private static boolean isImmutable(Class<?> type) {
		return type == BigDecimal.class || type == BigInteger.class || type.getPackageName().equals("java.time")
				|| (Number.class.isAssignableFrom(type) && type.getPackageName().equals("java.lang"));
	}

	/** Return the reason of an exception of this class, for a log line. */
	static String reason(IOException ex) {
		Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
		return cause.toString();
	}

}
