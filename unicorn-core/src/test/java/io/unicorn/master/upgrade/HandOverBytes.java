package io.unicorn.master.upgrade;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes and reads a hand-over in memory.
 */
public final class HandOverBytes {

	private HandOverBytes() {
	}

	public static byte[] of(HandOver state) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		HandOverFile.write(state, new DataOutputStream(bytes));
		return bytes.toByteArray();
	}

	public static HandOver read(byte[] bytes) throws IOException {
		return HandOverFile.read(new ByteArrayInputStream(bytes), Path.of("state"));
	}

}
