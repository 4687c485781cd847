package io.unicorn.launch.generation;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;

/**
 * Reads an entry of a jar, and compares it at its end with the checksum in the directory
 * of the jar. {@link java.util.zip.ZipFile} does not.
 */
final class CheckedEntry extends FilterInputStream {

	private final CRC32 checksum = new CRC32();

	private final ZipEntry entry;

	CheckedEntry(InputStream in, ZipEntry entry) {
		super(in);
		this.entry = entry;
	}

	@Override
	public int read() throws IOException {
		byte[] single = new byte[1];
		return (read(single, 0, 1) > 0) ? single[0] & 0xff : -1;
	}

	@Override
	public int read(byte[] buffer, int offset, int length) throws IOException {
		int count = super.read(buffer, offset, length);
		if (count > 0) {
			this.checksum.update(buffer, offset, count);
		}
		else if (count < 0 && this.checksum.getValue() != this.entry.getCrc()) {
			throw new ZipException("its entry " + this.entry.getName() + " is damaged");
		}
		return count;
	}

}
