package io.unicorn.posix.libc;

import java.nio.charset.StandardCharsets;
import java.util.List;

import com.kenai.jffi.MemoryIO;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class NativeMemoryTests {

	@Test
	void aStringThatCannotBeACStringIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> NativeMemory.string("a\0b"))
			.withMessageContaining("index 1");
		assertThatIllegalArgumentException().isThrownBy(() -> NativeMemory.string("\u20ac"));
	}

	@Test
	void stringsAreATableOfAddressesThatEndsWithNull() {
		NativeMemory memory = NativeMemory.strings(List.of("one", "", "\u00ff"));
		assertThat(List.of(text(memory, 0), text(memory, 1), text(memory, 2))).containsExactly("one", "", "\u00ff");
		assertThat(memory.getLong(3 * Long.BYTES)).isZero();
	}

	private static String text(NativeMemory memory, int index) {
		byte[] bytes = MemoryIO.getInstance().getZeroTerminatedByteArray(memory.getLong(index * Long.BYTES));
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

}
