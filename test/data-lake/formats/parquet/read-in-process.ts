/** Inspects each file that it is sent and answers with what it found: run in a process of its own. */
import { inspectFile } from '../../../../lambdas/data-lake/formats/inspect-file';

process.on('message', async (content: Uint8Array) => {
  const chunks = async function* () {
    yield content;
  };
  const { rows, problems } = await inspectFile(
    chunks(),
    { key: 'a.parquet', size: content.length },
    undefined,
  );
  process.send?.({ rows, problems });
});
