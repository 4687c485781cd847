package io.unicorn.launch.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;

import io.unicorn.launch.settings.BindAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

class LaunchPlanFileTests {

	@TempDir
	private Path directory;

	private Path file() {
		return this.directory.resolve("plan");
	}

	@Test
	void aPlanIsReadAsItWasWritten() throws IOException {
		LaunchPlan plan = SamplePlans.full();
		LaunchPlanFile.write(plan, file());
		LaunchPlan read = LaunchPlanFile.take(file());
		assertThat(read).isEqualTo(plan);
		assertThat(read.bindings().listeners().keySet()).containsExactly("http", "management", "admin");
	}

	@Test
	void everyFormOfAnAddressIsReadAsItWasWritten() throws IOException {
		LaunchPlan bare = SamplePlans.bare();
		List<ListenAddress> addresses = List.of(
				new ListenAddress("http", new BindAddress.Unix(Path.of("/run/b\u00fccher.sock")),
						new ListenAddress.Options(7, false, 0606, "www:www")),
				new ListenAddress("http-2", new BindAddress.Tcp("::1", 0),
						new ListenAddress.Options(7, true, 0660, "")),
				new ListenAddress("grpc", new BindAddress.Passed(5), new ListenAddress.Options(7)));
		LaunchPlan plan = new LaunchPlan(bare.application(), bare.settings(), 1,
				new LaunchPlan.Bindings(addresses, bare.bindings().listeners()), bare.workers(), bare.master(),
				bare.notices());
		LaunchPlanFile.write(plan, file());
		assertThat(LaunchPlanFile.take(file())).isEqualTo(plan);
	}

	@Test
	void aPlanWithNothingOptionalIsReadAsItWasWritten() throws IOException {
		LaunchPlanFile.write(SamplePlans.bare(), file());
		assertThat(LaunchPlanFile.take(file())).isEqualTo(SamplePlans.bare());
	}

	@Test
	void everyByteOfAnArgumentSurvives() throws IOException {
		StringBuilder bytes = new StringBuilder();
		for (char c = 1; c < 256; c++) {
			bytes.append(c);
		}
		LaunchPlan bare = SamplePlans.bare();
		LaunchPlan plan = new LaunchPlan(bare.application(), bare.settings(), 1,
				new LaunchPlan.Bindings(bare.bindings().addresses(), bare.bindings().listeners()),
				new LaunchPlan.Workers(bytes.toString(),
						JavaCommandLine.parse(List.of("java", "Main", bytes.toString())), null,
						bare.workers().options(), List.of("X=" + bytes), bare.workers().exclusiveFlags()),
				bare.master(), bare.notices());
		LaunchPlanFile.write(plan, file());
		assertThat(LaunchPlanFile.take(file())).isEqualTo(plan);
	}

	@Test
	void onlyTheOwnerCanReadThePlan() throws IOException {
		LaunchPlanFile.write(SamplePlans.full(), file());
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
	}

	@Test
	void anOldPlanThatOthersCouldReadIsReplaced() throws IOException {
		Files.writeString(file(), "old");
		Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-rw-"));
		onlyTheOwnerCanReadThePlan();
	}

	@Test
	void aPlanIsDeletedWhenItIsTaken() throws IOException {
		LaunchPlanFile.write(SamplePlans.full(), file());
		LaunchPlanFile.take(file());
		assertThat(file()).doesNotExist();
		assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> LaunchPlanFile.take(file()));
	}

	@Test
	void aPlanThatIsCutOffAnywhereIsRefusedAndDeleted() throws IOException {
		LaunchPlanFile.write(SamplePlans.full(), file());
		byte[] whole = Files.readAllBytes(file());
		for (int length = 0; length < whole.length; length++) {
			Files.write(file(), Arrays.copyOf(whole, length));
			assertThatIOException().as("the first %s bytes", length)
				.isThrownBy(() -> LaunchPlanFile.take(file()))
				.withMessageContaining("launch plan");
			assertThat(file()).doesNotExist();
		}
	}

	@Test
	void aDamagedPlanIsReadOrRefusedWithAMessage() throws IOException {
		LaunchPlanFile.write(SamplePlans.full(), file());
		byte[] whole = Files.readAllBytes(file());
		for (int at = 0; at < whole.length; at++) {
			byte[] damaged = whole.clone();
			damaged[at] ^= (byte) 0x80;
			Files.write(file(), damaged);
			try {
				LaunchPlanFile.take(file());
			}
			catch (IOException ex) {
				assertThat(ex).as("damage at %s", at).hasMessageContaining("launch plan");
			}
			assertThat(file()).doesNotExist();
		}
	}

	@Test
	void aPlanOfAnotherVersionIsRefused() throws IOException {
		LaunchPlanFile.write(SamplePlans.full(), file());
		byte[] bytes = Files.readAllBytes(file());
		bytes[3]++;
		Files.write(file(), bytes);
		assertThatIOException().isThrownBy(() -> LaunchPlanFile.take(file()))
			.withMessage(file() + " is not a launch plan of this version");
	}

}
