package io.unicorn.launch.plan;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

import io.unicorn.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("one-jdk")
class LaunchPlanFuzzTests {

	@Test
	void aMutatedPlanIsReadOrRefused() throws Exception {
		Fuzzing.run(List.of(bytes(SamplePlans.full()), bytes(SamplePlans.bare())), (input, random) -> {
			LaunchPlan plan;
			try {
				plan = read(input);
			}
			catch (IOException ex) {
				return false;
			}
			assertThat(read(bytes(plan))).isEqualTo(plan);
			return true;
		});
	}

	private static LaunchPlan read(byte[] bytes) throws IOException {
		return LaunchPlanFile.read(new DataInputStream(new ByteArrayInputStream(bytes)), "plan");
	}

	private static byte[] bytes(LaunchPlan plan) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		LaunchPlanFile.write(plan, new DataOutputStream(bytes));
		return bytes.toByteArray();
	}

}
