import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { type RecordsTableProps, recordsTable } from '../private/records-table';

/** A catalog of a lake that stands alone; its keys are those of the registry's table. @internal */
export class CatalogTable extends Construct {
  public readonly table: dynamodb.Table;

  constructor(scope: Construct, id: string, props: RecordsTableProps) {
    super(scope, id);
    this.table = recordsTable(this, 'Table', props);
  }
}
