package io.unicorn.posix;

import java.io.IOException;
import java.io.InputStream;

/**
 * A pipe on which this process reads what a child writes.
 *
 * @param reader reads it; {@link InputStream#available} says how much can be read without
 * waiting. The caller closes it.
 * @param writer descriptor of the end that a child inherits; the caller closes it after
 * the child was spawned
 */
public record OutputPipe(InputStream reader, int writer) implements AutoCloseable {

	/** Close the reader; a child that writes afterwards gets a signal. */
	@Override
	public void close() throws IOException {
		this.reader.close();
	}

}
