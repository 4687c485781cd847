package io.unicorn.sample.testsupport.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * Reads in small pieces, with a pause before each: about 800 KB a second.
 */
final class SlowInputStream extends FilterInputStream {

	private static final int PIECE = 8 * 1024;

	private static final long PAUSE_MILLIS = 10;

	SlowInputStream(InputStream in) {
		super(in);
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		try {
			Thread.sleep(PAUSE_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("interrupted between two reads");
		}
		return super.read(bytes, offset, Math.min(length, PIECE));
	}

}
